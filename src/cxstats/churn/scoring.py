"""New customers scored by a model: probability, tier by capacity, reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from cxstats.churn.reasons import SHOWN, CustomerReasons, plain, reasons_of
from cxstats.display import format_value, text_table
from cxstats.engine import Engine
from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.filters import Filter
from cxstats.models import (
    BoostedModel,
    ColumnNotice,
    DriftReference,
    DriftRow,
    LogisticModel,
    Rows,
    read_rows,
)
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ScoredCustomers", "StoredModel", "Tier", "score_rows"]

_FORMAT = "cxstats.churn/1"
_PRINTED = 15

Tier = Literal["red", "amber", "green"]


@dataclass(frozen=True, repr=False)
class ScoredCustomers(Result):
    """Customers with their probability, highest first.

    Parameters
    ----------
    customers
        Each with the probability; those of the red and amber tiers with reasons.
    tiers
        Per customer: ``red`` within the capacity, ``amber`` within twice of it,
        ``green`` beyond. Equal probabilities share a tier, the lower one.
    capacity
        Share of the customers that can be contacted.
    drift
        How far the columns have moved since the model was trained.
    warnings
        What the reader must know.
    """

    customers: tuple[CustomerReasons, ...]
    tiers: tuple[Tier, ...]
    capacity: float
    drift: tuple[DriftRow, ...]
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return customers, drift and warnings for JSON."""
        return {
            "customers": [
                {**customer.to_dict(), "tier": tier}
                for customer, tier in zip(self.customers, self.tiers, strict=True)
            ],
            "drift": [row.to_dict() for row in self.drift],
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per customer: id, probability, tier, reasons as columns."""
        import pandas as pd  # noqa: PLC0415 - slow import

        rows = [
            {
                "id": customer.id,
                "probability": customer.probability,
                "tier": tier,
                **{
                    f"reason_{at + 1}": reason.column
                    for at, reason in enumerate(customer.reasons)
                },
            }
            for customer, tier in zip(self.customers, self.tiers, strict=True)
        ]
        names = [f"reason_{at + 1}" for at in range(SHOWN)]
        return pd.DataFrame(rows, columns=["id", "probability", "tier", *names])

    def chart(self) -> Any:
        """Draw how many customers have which probability, by tier."""
        from cxstats.charts.churn import score_chart  # noqa: PLC0415 - slow import

        rows = [
            {"probability": customer.probability, "tier": tier}
            for customer, tier in zip(self.customers, self.tiers, strict=True)
        ]
        return score_chart(rows)

    def __str__(self) -> str:
        """Write the first customers with their reasons."""
        rows = [
            [
                str(customer.id),
                format_value(customer.probability, "share"),
                tier,
                ", ".join(
                    f"{reason.column} = {reason.value}" for reason in customer.reasons
                ),
            ]
            for customer, tier in zip(
                self.customers[:_PRINTED], self.tiers, strict=False
            )
        ]
        table = text_table(["customer", "probability", "tier", "reasons"], rows)
        more = len(self.customers) - len(rows)
        return f"{table}\n({more:,} more)" if more > 0 else table


def score_rows(
    model: LogisticModel | BoostedModel,
    rows: Rows,
    id_column: str | None,
    reference: DriftReference | None,
    capacity: float,
) -> ScoredCustomers:
    """Score rows, choose tiers by capacity and compare with the training rows.

    Raises
    ------
    ColumnNotFoundError
        If the rows lack a column of the model.
    """
    if not 0 < capacity <= 1:
        raise InputError(f"a capacity is above 0 and at most 1; received {capacity}")
    chances = model.predict(rows)
    order = np.argsort(-chances, kind="stable")
    ids = _ids(rows, id_column)
    tiers = _tiers(chances[order], capacity)
    # Why is asked of those who may be contacted; for trees the answer is costly.
    listed = order[[tier != "green" for tier in tiers]]
    parts = model.contributions(rows.take(listed)).tolist()
    why = {
        at: reasons_of(dict(zip(model.design.names, row, strict=True)), rows, at)
        for at, row in zip(listed.tolist(), parts, strict=True)
    }
    customers = tuple(
        CustomerReasons(ids[at], float(chances[at]), why.get(at, ()))
        for at in order.tolist()
    )
    drift = () if reference is None else reference.compare(rows)
    notices = (*_nameless(id_column), *drift_notices(drift))
    return ScoredCustomers(customers, tiers, capacity, drift, notices)


def _nameless(id_column: str | None) -> tuple[Notice, ...]:
    if id_column is not None:
        return ()
    message = (
        "no column names the customers, so nobody can be found again by these "
        "probabilities; name it with id"
    )
    return (Notice("no_id", message),)


def _ids(rows: Rows, id_column: str | None) -> list[Any]:
    if id_column is None:
        return [None] * len(rows)
    return [plain(value) for value in rows[id_column].tolist()]


def _tiers(falling: Floats, capacity: float) -> tuple[Tier, ...]:
    """Give each customer the tier of the last one with the same probability."""
    last = np.searchsorted(-falling, -falling, side="right") / max(len(falling), 1)
    # A list of one in ten of twenty customers has two places, whatever rounding says.
    room = capacity + 1e-12
    return tuple(
        "red" if share <= room else "amber" if share <= 2 * room else "green"
        for share in last.tolist()
    )


def drift_notices(drift: Sequence[DriftRow]) -> tuple[Notice, ...]:
    """Say which columns no longer look as they did in training."""
    shifted = tuple(row.column for row in drift if row.status == "shifted")
    if not shifted:
        return ()
    return (
        ColumnNotice(
            "drift",
            f"{', '.join(shifted)} differ strongly from the rows the model was trained "
            "on (population stability index of 0.25 or more); check how they are "
            "recorded, and train again before relying on the probabilities",
            shifted,
        ),
    )


@dataclass(frozen=True, eq=False)
class StoredModel:
    """The logistic model of a churn analysis, kept as plain JSON.

    Parameters
    ----------
    model
        The model.
    id_column
        Column of the customer, if one was named.
    reference
        Distributions of the training rows, for drift.
    about
        Label, positive value, number of rows and how the model was judged.
    """

    model: LogisticModel
    id_column: str | None
    reference: DriftReference
    about: Mapping[str, Any]

    def score(
        self,
        data: Any,
        *,
        id: str | None = None,  # noqa: A002 - as in the analysis
        where: str | Filter | None = None,
        engine: Engine | str | None = None,
        capacity: float = 0.1,
    ) -> ScoredCustomers:
        """Score new rows; they need the model's columns, not the label.

        Parameters
        ----------
        data
            Anything that the library reads.
        id
            Column of the customer; that of the analysis by default.
        where, engine
            As everywhere.
        capacity
            Share of the customers that can be contacted.

        Raises
        ------
        ColumnNotFoundError
            If a column of the model is not in the data.
        """
        customer = self.id_column if id is None else id
        named = () if customer is None else (customer,)
        columns = [*self.model.design.reads, *named]
        rows = read_rows(data, columns, where=where, engine=engine)
        return score_rows(self.model, rows, customer, self.reference, capacity)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON."""
        return {
            "format": _FORMAT,
            "id": self.id_column,
            "about": dict(self.about),
            "model": self.model.to_dict(),
            "reference": self.reference.to_list(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises
        ------
        InputError
            If it is not such a model.
        """
        if stored.get("format") != _FORMAT:
            raise InputError(
                f"this is not a stored churn model of the format {_FORMAT!r}; received "
                f"{stored.get('format')!r}"
            )
        try:
            model = LogisticModel.from_dict(stored["model"])
            reference = DriftReference.from_list(model.design, stored["reference"])
            return cls(model, stored["id"], reference, stored["about"])
        except (KeyError, TypeError) as error:
            raise InputError(f"the stored model cannot be read: {error}") from error

    def save(self, path: str | Path) -> Path:
        """Write the model as a JSON file."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
        target = Path(path)
        target.write_text(text, encoding="utf-8")
        return target

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a JSON file that `save` wrote.

        Raises
        ------
        InputError
            If the file is not such a model.
        """
        try:
            stored = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{str(path)!r} is not a stored model: {error}") from error
        if not isinstance(stored, dict):
            raise InputError(f"{str(path)!r} is not a stored model")
        return cls.from_dict(stored)
