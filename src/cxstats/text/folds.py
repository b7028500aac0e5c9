"""Texts held out of the training, so that a model is judged on what it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
import scipy

from cxstats.estimates import Floats
from cxstats.text.linear import fit_linear
from cxstats.text.reading import fold

__all__ = ["folds_of", "held_out_margins"]

_SMALL, _LARGE = 2_000, 15_000


def folds_of(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Give each text a fold by its own content, so that copies share one.

    Returns
    -------
    numpy.ndarray
        Fold from 0; with more than 15,000 texts only a sixth is held out, as fold 0,
        and the others are -1: one fold is precise enough.
    """
    n = len(texts)
    count = 5 if n <= _SMALL else 3 if n <= _LARGE else 6
    codes = [crc32(fold(t).strip().encode("utf-8", "replace")) for t in texts]
    folds = np.array(codes, dtype=np.int64) % count
    return np.where(folds == 0, 0, -1) if n > _LARGE else folds


def held_out_margins(
    rows: scipy.sparse.csr_matrix,
    labels: npt.NDArray[np.bool_],
    folds: npt.NDArray[np.int64],
    *,
    balanced: bool = False,
) -> Floats:
    """Margin of each text by a model that has not seen it; NaN where there is none."""
    margins = np.full(len(labels), np.nan)
    for number in np.unique(folds[folds >= 0]):
        out = folds == number
        seen = labels[~out]
        if seen.any() and not seen.all():
            model = fit_linear(rows[~out], seen, balanced=balanced)
            margins[out] = model.margins(rows[out])[:, 0]
    return margins
