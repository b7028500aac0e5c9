"""The same comment again: copies, near copies, and replies that someone handed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from cxstats.display import text_table
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Notice
from cxstats.results import Result
from cxstats.text.accuracy import share_of
from cxstats.text.reading import as_texts, fold

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DuplicateGroup", "Duplicates", "near_duplicates"]

_SHINGLE = 3
_BANDS, _ROWS = 16, 4
_CANNED_COPIES, _CANNED_LETTERS = 5, 10
_LONGEST = 5_000
"""Letters of a text that are compared; the rest is not looked at."""

_SHOWN = 40


@dataclass(frozen=True)
class DuplicateGroup:
    """Comments that say the same in almost the same letters.

    Parameters
    ----------
    rows
        Numbers of the texts, from 0, in order.
    text
        The commonest of them as written.
    n_exact
        How many are that text letter by letter, marks and spaces aside.
    is_canned
        Whether it looks handed out: 5 copies or more of 10 letters or more.
    """

    rows: tuple[int, ...]
    text: str
    n_exact: int
    is_canned: bool

    @property
    def n(self) -> int:
        """How many comments are in the group."""
        return len(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the group for JSON."""
        return {
            "n": self.n,
            "n_exact": self.n_exact,
            "is_canned": self.is_canned,
            "text": self.text,
            "rows": list(self.rows),
        }


@dataclass(frozen=True, repr=False)
class Duplicates(Result):
    """Groups of like comments, the largest first.

    Parameters
    ----------
    groups
        Groups of two or more.
    share
        Share of written comments that repeat another (all but one of each group).
    canned
        Share of written comments in canned groups.
    warnings
        What to know about them.
    """

    groups: tuple[DuplicateGroup, ...]
    share: Estimate
    canned: Estimate
    warnings: tuple[Notice, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the groups for JSON."""
        return {
            "n": self.share.n,
            "share": self.share.to_dict(),
            "canned": self.canned.to_dict(),
            "groups": [group.to_dict() for group in self.groups],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per group."""
        import pandas as pd  # noqa: PLC0415 - only notebooks need it

        columns = ["n", "n_exact", "is_canned", "text", "rows"]
        return pd.DataFrame([g.to_dict() for g in self.groups], columns=columns)

    def chart(self) -> Any:
        """Draw the largest groups."""
        from cxstats.charts.text import counts_chart  # noqa: PLC0415 - as above

        rows = [
            {"label": group.text[:_SHOWN], "n": group.n} for group in self.groups[:20]
        ]
        return counts_chart(rows)

    def __str__(self) -> str:
        """Write the largest groups."""
        rows = [
            [group.text[:_SHOWN], f"{group.n:,}", "yes" if group.is_canned else ""]
            for group in self.groups[:20]
        ]
        head = f"{self.share.value:.1%} of {self.share.n:,} comments repeat another"
        return f"{head}\n\n{text_table(['comment', 'n', 'canned'], rows)}"


def near_duplicates(texts: Iterable[Any], *, threshold: float = 0.8) -> Duplicates:
    """Group comments that repeat each other, exactly or nearly.

    Parameters
    ----------
    texts
        Comments as `as_texts` takes them; missing ones are left out.
    threshold
        Least Jaccard likeness of the runs of three letters, above 0.5 to 1. Letter
        case, marks, spaces and script do not count.

    Returns
    -------
    Duplicates
        Groups with the numbers of their rows.

    Raises
    ------
    InputError
        If the threshold is outside its range.

    Notes
    -----
    Equal texts are found by their letters; like ones by MinHash with 16 bands of 4
    (Broder 1997; Leskovec, Rajaraman and Ullman 2020, ch. 3), each candidate checked
    by its exact likeness. The time grows with the number of letters.
    """
    if not 0.5 < threshold <= 1:  # noqa: PLR2004 - below it the bands miss pairs
        raise InputError(f"the threshold lies between 0.5 and 1; received {threshold}")
    written = as_texts(texts)
    by_letters: dict[str, list[int]] = {}
    for row, text in enumerate(written):
        letters = "".join(filter(str.isalnum, fold(text)))
        if letters:
            by_letters.setdefault(letters[:_LONGEST], []).append(row)
    different = sorted(by_letters)
    leader = list(range(len(different)))
    for one, other in _alike(different, threshold):
        _join(leader, one, other)
    together: dict[int, list[str]] = {}
    for at, letters in enumerate(different):
        together.setdefault(_leader(leader, at), []).append(letters)
    groups = [_group(members, by_letters, written) for members in together.values()]
    repeated = sorted((g for g in groups if g.n > 1), key=lambda g: (-g.n, g.rows))
    n = sum(map(len, by_letters.values()))
    return Duplicates(
        tuple(repeated),
        share_of(sum(group.n - 1 for group in repeated), n),
        share_of(sum(group.n for group in repeated if group.is_canned), n),
        () if n else (Notice("empty", "no text has a letter in it"),),
    )


def _group(
    members: list[str], rows: dict[str, list[int]], written: Sequence[str]
) -> DuplicateGroup:
    commonest = max(members, key=lambda letters: (len(rows[letters]), letters))
    every = sorted(row for letters in members for row in rows[letters])
    is_canned = len(every) >= _CANNED_COPIES and len(commonest) >= _CANNED_LETTERS
    first = written[rows[commonest][0]].strip()
    return DuplicateGroup(tuple(every), first, len(rows[commonest]), is_canned)


def _shingles(letters: str) -> set[str]:
    return {letters[at : at + _SHINGLE] for at in range(len(letters) - _SHINGLE + 1)}


def _alike(different: Sequence[str], threshold: float) -> Iterator[tuple[int, int]]:
    """Yield pairs that are alike: candidates that share a band, then checked."""
    places = [at for at, letters in enumerate(different) if len(letters) > _SHINGLE]
    if not places:
        return
    bands = _bands([different[at] for at in places])
    checked: set[tuple[int, int]] = set()
    for band in bands:
        order = np.argsort(band, kind="stable")
        same = band[order][1:] == band[order][:-1]
        # In a band, each text is compared with the one before it: chains make groups.
        for at in np.flatnonzero(same).tolist():
            pair = places[order[at]], places[order[at + 1]]
            if pair not in checked:
                checked.add(pair)
                if _likeness(different[pair[0]], different[pair[1]]) >= threshold:
                    yield pair


def _likeness(one: str, other: str) -> float:
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / len(first | second)


def _bands(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return bands x texts: numbers that like texts share with high probability."""
    sizes, codes = [], []
    for text in texts:
        shingles = _shingles(text)
        sizes.append(len(shingles))
        codes += [crc32(s.encode("utf-8", "replace")) for s in shingles]
    values = np.array(codes, dtype=np.uint64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    factors = np.random.default_rng(0).integers(1, 1 << 63, _BANDS * _ROWS, np.uint64)
    bands = np.zeros((_BANDS, len(texts)), np.uint64)
    for at, factor in enumerate(factors):
        # Odd multipliers permute the numbers modulo 2^64; high bits are well mixed.
        hashed = (values * (factor | np.uint64(1))) ^ (factor >> np.uint64(7))
        least = np.minimum.reduceat(hashed, starts)
        bands[at // _ROWS] = bands[at // _ROWS] * np.uint64(1_000_003) + least
    return bands


def _leader(leader: list[int], at: int) -> int:
    while leader[at] != at:
        leader[at] = leader[leader[at]]
        at = leader[at]
    return at


def _join(leader: list[int], one: int, other: int) -> None:
    first, second = _leader(leader, one), _leader(leader, other)
    leader[max(first, second)] = min(first, second)
