"""Exact quantiles from a value histogram, where sorting all rows would not fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cxstats.errors import InputError

__all__ = ["exact_quantiles"]


def exact_quantiles(
    histogram: pa.Table, probabilities: Sequence[float]
) -> NDArray[np.float64]:
    """Quantiles of the values counted in a histogram, linearly interpolated.

    Parameters
    ----------
    histogram
        Columns ``value`` (NULL is passed over) and ``n``, as ``value_histogram``
        answers without keys.
    probabilities
        Each from 0 to 1.

    Returns
    -------
    numpy.ndarray
        One quantile per probability, NaN where nothing was counted.

    Raises
    ------
    InputError
        If a probability is outside 0 to 1.

    References
    ----------
    Hyndman & Fan (1996), Sample quantiles in statistical packages, definition 7.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"value": [10.0, 20.0], "n": [3, 1]})
    >>> exact_quantiles(table, [0.5, 0.9]).tolist()
    [10.0, 17.0]
    """
    wanted = np.asarray(probabilities, dtype=np.float64)
    if not ((wanted >= 0) & (wanted <= 1)).all():
        raise InputError(f"probabilities are from 0 to 1; got {list(probabilities)}")
    known = histogram.filter(histogram["value"].is_valid()).sort_by("value")
    values = known["value"].to_numpy()
    ends = np.cumsum(known["n"].to_numpy())
    if len(values) == 0:
        return np.full(len(wanted), np.nan)
    places = wanted * (ends[-1] - 1)
    lower = np.floor(places)
    below = values[np.searchsorted(ends, lower, side="right")]
    above = values[np.searchsorted(ends, np.ceil(places), side="right")]
    result: NDArray[np.float64] = below + (places - lower) * (above - below)
    return result
