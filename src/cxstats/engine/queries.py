"""What can be asked of an engine: small frozen questions with small answers."""

from __future__ import annotations

from dataclasses import dataclass

from cxstats.engine.keys import KeyLike, as_key
from cxstats.filters import Filter

__all__ = ["HistogramQuery", "needed"]


def needed(
    *names: str | None, by: tuple[KeyLike, ...] = (), where: Filter | None = None
) -> tuple[str, ...]:
    """Give the columns that a query reads, each once."""
    found = [name for name in names if name is not None]
    found += [as_key(key).column for key in by]
    found += where.columns() if where is not None else ()
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class HistogramQuery:
    """How often each raw score occurs, in each group.

    The answer has one row per distinct combination of ``by``, ``stratum``,
    ``cluster`` and score: the ``by`` columns under their names, ``stratum`` and
    ``cluster`` where asked, ``score`` as stored (number, text or NULL; nothing is
    excluded), ``n`` rows; with a weight also ``n_weighted`` rows whose weight is
    usable (finite and above zero), the sum ``w`` of those weights and the sum
    ``w2`` of their squares.

    Parameters
    ----------
    score
        Column of raw answers.
    by
        Column names, ``Bins`` or ``PeriodBucket``.
    weight, stratum, cluster
        Columns of the survey design.
    where
        Rows to keep.
    """

    score: str
    by: tuple[KeyLike, ...] = ()
    weight: str | None = None
    stratum: str | None = None
    cluster: str | None = None
    where: Filter | None = None

    def columns(self) -> tuple[str, ...]:
        """Columns read."""
        return needed(
            self.score,
            self.weight,
            self.stratum,
            self.cluster,
            by=self.by,
            where=self.where,
        )
