"""A word where customers use it: keyword in context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cxstats.errors import InputError
from cxstats.text.reading import as_texts, fold
from cxstats.text.redaction import redact

__all__ = ["Line", "keyword_in_context"]


@dataclass(frozen=True)
class Line:
    """One place where the keyword stands.

    Parameters
    ----------
    row
        Number of the text, from 0.
    left, keyword, right
        What stands before it, the keyword as written, what stands after it.
    """

    row: int
    left: str
    keyword: str
    right: str

    def __str__(self) -> str:
        """Write the line with the keyword in brackets."""
        return f"{self.left}【{self.keyword}】{self.right}"


def keyword_in_context(
    texts: Iterable[Any],
    keyword: str,
    *,
    width: int = 20,
    most: int = 100,
    is_redacted: bool = True,
) -> list[Line]:
    """List where a keyword stands, with its surroundings.

    Parameters
    ----------
    texts
        Comments as `as_texts` takes them.
    keyword
        Any text; letter case, width and script (網 or 网) do not matter.
    width
        Characters shown on each side.
    most
        Most lines; those of the first texts are given.
    is_redacted
        Whether personal data are taken out first.

    Raises
    ------
    InputError
        If the keyword is empty, or a number is below 1.

    Examples
    --------
    >>> str(keyword_in_context(["晚上網速太慢了"], "网速", width=2)[0])
    '晚上【網速】太慢'
    """
    wanted = fold(keyword).strip()
    if not wanted or width < 1 or most < 1:
        raise InputError(
            "give a keyword, and a width and a number of lines of 1 or more; received "
            f"{keyword!r}, {width}, {most}"
        )
    lines: list[Line] = []
    for row, written in enumerate(as_texts(texts)):
        if wanted not in fold(written):
            continue
        text = redact(written).text if is_redacted else written
        folded = fold(text)
        at = folded.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            left, right = text[max(0, at - width) : at], text[end : end + width]
            lines.append(Line(row, left, text[at:end], right))
            if len(lines) == most:
                return lines
            at = folded.find(wanted, end)
    return lines
