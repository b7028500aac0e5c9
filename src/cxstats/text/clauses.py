"""A comment in parts that each say one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cxstats.text.reading import fold

__all__ = ["Clause", "split_clauses"]

# One character class opens the pattern, which lets the search skip; which of its
# characters was met is looked back for. A full stop or comma between digits belongs to
# a number, and 不但 is no turn.
_MARKS = "。!?;…~\n\r、"
_BREAK = re.compile(
    rf"[{_MARKS},.但不可然只bhatyu](?:"
    rf"(?<=[{_MARKS}])[{_MARKS}]*|(?<=[,.])(?!\d)|(?<=[,.])(?<!\d.)"
    r"|(?P<turn>(?<=但)(?<!不但)(?:是|(?!愿))|(?<=不)过(?<!好不过)(?!分|如此|关|期|时)"
    r"|(?<=可)是|(?<=然)而|(?<=只)不过"
    r"|(?<=b)ut\b(?<!\wbut)|(?<=h)owever\b(?<!\whowever)|(?<=a)lthough\b"
    r"|(?<=t)hough\b(?<!\wthough)|(?<=y)et\b(?<!\wyet)|(?<=u)nfortunately\b))"
)
_TURN_AT_START = re.compile(r"\s*(?:就是|只是|美中不足|唯一|遗憾|可惜)").match


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a text.

    Parameters
    ----------
    start, end
        Place in the text, in characters.
    text
        The part as written.
    is_turn
        Whether a word such as 但, 不过, "but" or "however" opens it: what follows
        such a word weighs more than what it follows.
    """

    start: int
    end: int
    text: str
    is_turn: bool = False


def split_clauses(text: str) -> tuple[Clause, ...]:
    """Split a text at marks and at words that turn it.

    Parameters
    ----------
    text
        Any text, of any length; the time is proportional to it.

    Returns
    -------
    tuple of Clause
        Parts with a letter or digit in them, in order.

    Examples
    --------
    >>> [c.text for c in split_clauses("网速快，但是3.5元太贵")]
    ['网速快', '3.5元太贵']
    >>> [c.is_turn for c in split_clauses("fast but expensive")]
    [False, True]
    """
    return tuple(
        Clause(start, end, text[start:end], turn)
        for start, end, turn in clause_spans(fold(text))
    )


def clause_spans(folded: str) -> Iterator[tuple[int, int, bool]]:
    """Yield start, end and turn of each part of a folded text."""
    start, turn = 0, False
    for found in _BREAK.finditer(folded):
        end, after = found.span()
        part = folded[start:end]
        if part and not part.isspace():
            yield start, end, turn or _TURN_AT_START(part) is not None
            turn = False
        start = after
        # The turning word is the one group of the pattern.
        turn = turn or found.lastindex is not None
    rest = folded[start:]
    if rest and not rest.isspace():
        yield start, len(folded), turn or _TURN_AT_START(rest) is not None
