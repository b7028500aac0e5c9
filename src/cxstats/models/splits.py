"""Which rows train and which judge: by time, or by folds that keep a customer whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError
from cxstats.estimates import Floats

__all__ = ["Split", "grouped_folds", "time_splits"]

Positions = npt.NDArray[np.int64]

TEST_SHARE = 0.3
"""Share of the rows, the latest, that a split by time keeps for judging."""


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of rows to train on and of rows to judge by."""

    train: Positions
    test: Positions


def grouped_folds(
    keys: npt.NDArray[np.uint64], label: npt.NDArray[np.bool_], folds: int
) -> npt.NDArray[np.int64]:
    """Deal rows into folds, rows of one key together, each class evenly.

    A group belongs to the class of its positives if it has any. Groups are dealt in
    the order of their keys, so the order of the rows is irrelevant.

    Parameters
    ----------
    keys
        One key per row: of the customer, or of the row's content.
    label
        The outcome per row.
    folds
        How many, 2 or more.

    Returns
    -------
    numpy.ndarray
        The fold of each row, from 0.

    Raises
    ------
    InputError
        If one of the classes has fewer groups than there are folds.
    """
    groups, place = np.unique(keys, return_inverse=True)
    positive = np.zeros(len(groups), dtype=bool)
    np.logical_or.at(positive, place, label)
    for kind in (positive, ~positive):
        if kind.sum() < folds:
            raise InputError(
                f"cross-validation with {folds} folds needs at least {folds} customers "
                f"with and without the outcome; there are {int(kind.sum())} of one kind"
            )
    fold = np.empty(len(groups), dtype=np.int64)
    for kind in (positive, ~positive):
        fold[kind] = np.arange(kind.sum()) % folds
    return fold[place]


def time_splits(
    time: Floats,
    keys: npt.NDArray[np.uint64],
    *,
    gap: float = 0.0,
    groups: int = 5,
) -> tuple[Split, ...]:
    """Train on earlier rows, judge on later ones, never on a customer trained on.

    The last moments that hold about 30 % of the rows judge. Where customers appear on
    both sides, they are dealt into groups, and each group is judged by a model of the
    other groups' earlier rows.

    Parameters
    ----------
    time
        Time of each row as a number; equal times stay together.
    keys
        One key per customer.
    gap
        Rows later than this much before the first judged moment do not train: their
        outcome was not known yet.
    groups
        Groups of customers where they repeat.

    Returns
    -------
    tuple of Split

    Raises
    ------
    InputError
        If all rows have one time, or none is early enough to train on.
    """
    cut = _cut(time)
    late, early = time >= cut, time < cut - gap
    if not early.any():
        raise InputError(
            f"no row lies more than the gap of {gap:g} before the first row that "
            "judges; give more history or a shorter gap"
        )
    returning = np.isin(keys[late], keys[early]).any()
    if not returning:
        return (Split(np.flatnonzero(early), np.flatnonzero(late)),)
    group = keys % np.uint64(groups)
    return tuple(
        Split(np.flatnonzero(early & (group != g)), np.flatnonzero(late & (group == g)))
        for g in range(groups)
        if (late & (group == g)).any()
    )


def _cut(time: Floats) -> float:
    moments, counts = np.unique(time, return_counts=True)
    if len(moments) < 2:  # noqa: PLR2004 - an earlier and a later moment
        raise InputError(
            "all rows have one time, so there is no later time to judge by; leave the "
            "time column out to be judged by cross-validation"
        )
    later = np.cumsum(counts[::-1])[::-1][1:] / counts.sum()
    return float(moments[1:][np.argmin(np.abs(later - TEST_SHARE))])
