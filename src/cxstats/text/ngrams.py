"""Texts as numbers: every one, two and three symbols in a row, weighted by rarity.

A Chinese character is a symbol, and so is an English word; the same model therefore
reads both. Three symbols are packed exactly into one number of 63 bits, so a
vocabulary is a sorted array of numbers and no text is looked at twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt
import scipy

from cxstats.text.reading import batches, fold_all

__all__ = ["Grams", "Keys"]

Keys = npt.NDArray[np.uint64]

_LONGEST = 3
_BITS = np.uint64(21)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_DIGITS = re.compile(r"[0-9]+")
# English words become one symbol each, in the planes that no text uses.
_WORD_PLANE, _WORD_SYMBOLS = 0xF0000, 131_000


@lru_cache(maxsize=100_000)
def _symbol(word: str) -> str:
    return chr(_WORD_PLANE + crc32(word.encode()) % _WORD_SYMBOLS)


def _symbols(folded: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Write texts as one row of symbols, each text followed by a zero."""
    joined = "".join(text.replace("\0", " ") + "\0" for text in folded)
    joined = _WORD.sub(lambda found: _symbol(found[0]), joined)
    joined = "".join(_DIGITS.sub("0", joined).split())
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _grams(folded: Sequence[str]) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Return the packed symbols of each run of one to three, and the text of each."""
    symbols = _symbols(folded)
    ends = symbols == 0
    owner = np.cumsum(ends) - ends
    keys, owners = [], []
    packed: Keys = np.zeros(len(symbols), np.uint64)
    inside = np.ones(len(symbols), bool)
    for length in range(1, _LONGEST + 1):
        size = len(symbols) - length + 1
        if size < 1:
            break
        packed = (packed[:size] << _BITS) | symbols[length - 1 :]
        inside = inside[:size] & ~ends[length - 1 :]
        keys.append(packed[inside])
        owners.append(owner[:size][inside])
    if not keys:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return np.concatenate(keys), np.concatenate(owners)


def _slots(keys: Keys, size: int) -> Keys:
    """Spread keys over a table whose size is a power of two."""
    return (keys * _SPREAD) >> np.uint64(64 - size.bit_length() + 1)


@dataclass(frozen=True, eq=False)
class Grams:
    """A vocabulary of symbol runs and the rarity of each.

    Parameters
    ----------
    keys
        Packed runs in rising order.
    idf
        Inverse document frequency of each, ``ln((1 + n) / (1 + df)) + 1``.
    """

    keys: Keys
    idf: npt.NDArray[np.float32]

    @classmethod
    def fit(
        cls, texts: Sequence[str], min_texts: int = 2, most: int | None = None
    ) -> tuple[Grams, scipy.sparse.csr_matrix]:
        """Learn a vocabulary and give the texts in it.

        Parameters
        ----------
        texts
            Texts as written.
        min_texts
            Texts that a run must occur in.
        most
            Largest vocabulary; the runs of most texts are kept.

        Returns
        -------
        Grams, scipy.sparse.csr_matrix
            The vocabulary, and one row of unit length per text.
        """
        parts = [_counted(batch) for batch in batches(fold_all(texts))]
        empty = np.zeros(0, np.uint64)
        found = np.concatenate([keys for keys, _ in parts]) if parts else empty
        keys, place = np.unique(found, return_inverse=True)
        spread = [np.bincount(m.indices, minlength=m.shape[1]) for _, m in parts]
        df = np.bincount(
            place, np.concatenate(spread) if spread else None, minlength=len(keys)
        )
        kept = np.flatnonzero(df >= min_texts)
        if most is not None and len(kept) > most:
            # Ties are cut by the key, so that the order of texts changes nothing.
            kept = np.sort(kept[np.argsort(-df[kept], kind="stable")[:most]])
        column = np.full(len(keys), -1)
        column[kept] = np.arange(len(kept))
        idf = np.log((1 + len(texts)) / (1 + df[kept])) + 1
        grams = cls(keys[kept], idf.astype(np.float32))
        blocks, start = [], 0
        for own, matrix in parts:
            columns = column[place[start : start + len(own)]]
            start += len(own)
            known = columns >= 0
            local = matrix[:, known]
            local = scipy.sparse.csr_matrix(
                (local.data, columns[known][local.indices], local.indptr),
                shape=(matrix.shape[0], len(kept)),
            )
            blocks.append(grams._weighted(local))
        return grams, _stacked(blocks, len(kept))

    def transform(self, texts: Sequence[str]) -> scipy.sparse.csr_matrix:
        """Give texts in the vocabulary, one row of unit length (or zeros) per text."""
        return self.transform_folded(fold_all(texts))

    def transform_folded(self, folded: Sequence[str]) -> scipy.sparse.csr_matrix:
        """Give texts that are folded already."""
        blocks = [self._rows(batch) for batch in batches(folded)]
        return _stacked(blocks, len(self.keys))

    def _rows(self, folded: Sequence[str]) -> scipy.sparse.csr_matrix:
        shape = (len(folded), len(self.keys))
        if not len(self.keys):
            return scipy.sparse.csr_matrix(np.zeros(shape), dtype=np.float32)
        keys, owners = _grams(folded)
        at = self._look_up(keys)
        known = at >= 0
        ones = np.ones(int(known.sum()), np.float32)
        counts = scipy.sparse.coo_matrix(
            (ones, (owners[known], at[known])), shape=shape
        )
        return self._weighted(counts.tocsr())

    def _look_up(self, keys: Keys) -> npt.NDArray[np.int64]:
        """Place of each key in the vocabulary, or -1."""
        table, spilled, is_shared = self._table
        slots = _slots(keys, len(table))
        at = table[slots]
        found = np.where(self.keys[at] == keys, at, -1)
        if len(spilled):
            missed = np.flatnonzero((found < 0) & is_shared[slots])
            wanted, own = keys[missed], self.keys[spilled]
            place = np.searchsorted(own, wanted).clip(max=len(own) - 1)
            found[missed] = np.where(own[place] == wanted, spilled[place], -1)
        return found

    @cached_property
    def _table(
        self,
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Places by slot, the places whose slot another key took, and such slots."""
        size = 1 << max(4, int(8 * len(self.keys)).bit_length())
        table = np.zeros(size, np.int32)
        slots = _slots(self.keys, size)
        places = np.arange(len(self.keys))
        table[slots] = places
        spilled = np.flatnonzero(table[slots] != places)
        is_shared = np.zeros(size, bool)
        is_shared[slots[spilled]] = True
        return table, spilled, is_shared

    def _weighted(self, counts: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
        data = (1 + np.log(counts.data)) * self.idf[counts.indices]
        rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        length = np.sqrt(np.bincount(rows, data * data, minlength=counts.shape[0]))
        scaled = (data / length[rows]).astype(np.float32)
        return scipy.sparse.csr_matrix(
            (scaled, counts.indices, counts.indptr), counts.shape
        )


def _counted(folded: Sequence[str]) -> tuple[Keys, scipy.sparse.csr_matrix]:
    """Count each run in each text of a batch."""
    keys, owners = _grams(folded)
    own, place = np.unique(keys, return_inverse=True)
    ones = np.ones(len(keys), np.float32)
    matrix = scipy.sparse.coo_matrix(
        (ones, (owners, place)), shape=(len(folded), len(own))
    )
    return own, matrix.tocsr()


def _stacked(
    blocks: list[scipy.sparse.csr_matrix], width: int
) -> scipy.sparse.csr_matrix:
    if not blocks:
        return scipy.sparse.csr_matrix(np.zeros((0, width)), dtype=np.float32)
    return scipy.sparse.vstack(blocks, format="csr") if len(blocks) > 1 else blocks[0]
