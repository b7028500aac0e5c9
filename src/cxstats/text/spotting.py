"""Words of a list in many texts at once: the longest at each place, left to right.

Every place where a word can begin is looked at in all texts together; a run of symbols
is one number of 64 bits, extended symbol by symbol for as long as a word begins so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Spotter"]

_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_SYMBOLS = 0x110000


def _extended(hashes: _Hashes, codes: _Hashes) -> _Hashes:
    """Put one more symbol to runs of symbols."""
    mixed = (hashes ^ codes) * _SPREAD
    return mixed ^ (mixed >> np.uint64(29))


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


@dataclass(frozen=True, eq=False)
class _Level:
    """Runs of one length: those that words begin with, and those that are words."""

    begun: _Hashes
    words: _Hashes
    places: _Ints


class Spotter:
    """Finds words in texts.

    Parameters
    ----------
    words
        Words without a zero character; longer ones win, then what stands further left.

    Examples
    --------
    >>> Spotter(["好", "好看", "看看"]).spot(["不好看看", "好"])
    [[(1, 3, 1)], [(0, 1, 0)]]
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._is_first = np.zeros(_SYMBOLS, dtype=bool)
        self._is_first[[ord(word[0]) for word in words]] = True
        self._levels = [
            _level(words, length) for length in range(1, max(map(len, words)) + 1)
        ]

    def spot(self, texts: Collection[str]) -> list[list[tuple[int, int, int]]]:
        """Return start, end and number of each word, per text."""
        joined = _codes("\0".join(texts) + "\0" * len(self._levels))
        lengths = np.array([len(text) + 1 for text in texts], dtype=np.int64)
        begins = np.cumsum(lengths) - lengths
        start, end, word = self._matches(joined)
        kept = _from_left(start, end)
        start, end, word = start[kept], end[kept], word[kept]
        bounds = np.append(np.searchsorted(start, begins), len(start))
        shift = np.repeat(begins, np.diff(bounds))
        found = list(
            zip(
                (start - shift).tolist(),
                (end - shift).tolist(),
                word.tolist(),
                strict=True,
            )
        )
        edges = bounds.tolist()
        return [found[edges[at] : edges[at + 1]] for at in range(len(lengths))]

    def _matches(self, codes: npt.NDArray[np.uint32]) -> tuple[_Ints, _Ints, _Ints]:
        """Return start, end and number of the longest word at each place."""
        at = np.flatnonzero(self._is_first[codes])
        length = np.zeros(len(at), dtype=np.int64)
        word = np.full(len(at), -1, dtype=np.int64)
        hashes = np.zeros(len(at), dtype=np.uint64)
        going = np.arange(len(at))
        for size, level in enumerate(self._levels, start=1):
            hashes = _extended(hashes, codes[at[going] + size - 1].astype(np.uint64))
            place = np.searchsorted(level.words, hashes).clip(max=len(level.words) - 1)
            if len(level.words):
                hit = level.words[place] == hashes
                length[going[hit]] = size
                word[going[hit]] = level.places[place[hit]]
            if not len(level.begun):
                break
            place = np.searchsorted(level.begun, hashes).clip(max=len(level.begun) - 1)
            on = level.begun[place] == hashes
            going, hashes = going[on], hashes[on]
        known = word >= 0
        return at[known], at[known] + length[known], word[known]


def _level(words: Sequence[str], length: int) -> _Level:
    """Gather the runs of one length."""
    begun = {word[:length] for word in words if len(word) > length}
    exact = {word: at for at, word in enumerate(words) if len(word) == length}
    hashes = _hashed(list(exact))
    order = np.argsort(hashes)
    places = np.array(list(exact.values()), dtype=np.int64)[order]
    return _Level(np.sort(_hashed(list(begun))), hashes[order], places)


def _hashed(runs: list[str]) -> _Hashes:
    """Hash runs of one length."""
    hashes = np.zeros(len(runs), dtype=np.uint64)
    if runs:
        for column in _codes("".join(runs)).reshape(len(runs), -1).T:
            hashes = _extended(hashes, column.astype(np.uint64))
    return hashes


def _from_left(start: _Ints, end: _Ints) -> _Ints:
    """Keep the matches that do not begin within one kept before."""
    if not (start[1:] < end[:-1]).any():
        return np.arange(len(start))
    kept, upto = [], -1
    for at, (first, last) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        if first >= upto:
            kept.append(at)
            upto = last
    return np.array(kept, dtype=np.int64)
