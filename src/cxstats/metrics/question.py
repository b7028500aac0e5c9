"""What a metric asks of the data, and the cells that come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from cxstats.engine import Engine, HistogramQuery, KeyLike
from cxstats.engine.keys import as_key
from cxstats.errors import InputError
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of

__all__ = ["Question", "ask", "key_names"]

By = str | KeyLike | Sequence[KeyLike]


@dataclass(frozen=True)
class Question:
    """Columns a metric reads.

    Parameters
    ----------
    score
        Column of raw answers.
    by
        Group columns, bins or periods.
    weight, strata, cluster
        Columns of the sampling design.
    where
        Rows to keep, as a filter or its text. Rows outside are no part of the
        sample; use ``by`` for groups of one sample.
    """

    score: str
    by: By = ()
    weight: str | None = None
    strata: str | None = None
    cluster: str | None = None
    where: str | Filter | None = None

    @property
    def keys(self) -> tuple[KeyLike, ...]:
        """Group keys as a tuple, whether one or several were given."""
        if isinstance(self.by, str) or not isinstance(self.by, Sequence):
            return (self.by,)
        return tuple(self.by)


def key_names(keys: Sequence[KeyLike]) -> tuple[str, ...]:
    """Return the name of each group key as the caller knows it."""
    return tuple(as_key(key).name for key in keys)


def ask(data: Any, question: Question, engine: Engine | str | None) -> pa.Table:
    """Return the score histogram, its group columns named ``by0``, ``by1``, ...

    Own names for the groups keep a column called ``n`` or ``score`` from meeting
    the histogram's.

    Raises
    ------
    InputError
        If a group column is named twice.
    """
    keys = question.keys
    names = key_names(keys)
    if len(set(names)) < len(names):
        raise InputError(f"a group column is named twice: {', '.join(names)}")
    query = HistogramQuery(
        score=question.score,
        by=tuple(replace(as_key(key), name=f"by{i}") for i, key in enumerate(keys)),
        weight=question.weight,
        stratum=question.strata,
        cluster=question.cluster,
        where=filter_of(question.where),
    )
    with engine_for(engine) as opened:
        return opened.score_histogram(source_of(data, query.columns()), query)
