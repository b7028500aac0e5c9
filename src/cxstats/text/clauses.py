"""A comment in parts that each say one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cxstats.text.reading import fold

__all__ = ["Clause", "split_clauses"]

# Every alternative opens with a character of its own, which lets the search skip; what
# must not stand before it is looked back for. A full stop or comma between digits
# belongs to a number, and 不但 is no turn.
_BREAK = re.compile(
    r"[。!?;…~\n\r、]+|[,.](?!\d)|[,.](?<!\d.)"
    r"|(?P<turn>但(?<!不但)(?:是|(?!愿))|不过(?<!好不过)(?!分|如此|关|期|时)|可是|然而|只不过"
    r"|but\b(?<!\wbut)|however\b(?<!\whowever)|although\b|though\b(?<!\wthough)"
    r"|yet\b(?<!\wyet)|unfortunately\b)"
)
_TURN_AT_START = re.compile(r"\s*(?:就是|只是|美中不足|唯一|遗憾|可惜)")


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
        part = folded[start : found.start()]
        if part.strip():
            yield start, found.start(), turn or bool(_TURN_AT_START.match(part))
            turn = False
        start = found.end()
        turn = turn or found["turn"] is not None
    rest = folded[start:]
    if rest.strip():
        yield start, len(folded), turn or bool(_TURN_AT_START.match(rest))
