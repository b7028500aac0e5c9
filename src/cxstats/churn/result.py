"""What a churn analysis answers with: how good the model is, and for whom it speaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxstats.churn.evaluation import Kind, Model
from cxstats.churn.reasons import CustomerReasons
from cxstats.churn.scoring import ScoredCustomers, StoredModel, score_rows
from cxstats.churn.stability import SegmentStability
from cxstats.display import format_value, text_table
from cxstats.engine import Engine
from cxstats.estimates import Estimate, Notice, json_number
from cxstats.filters import Filter
from cxstats.models import Band, Capacity, DriftRow, read_rows
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ChurnResult", "Measured"]

_PRINTED = 5


@dataclass(frozen=True)
class Measured:
    """How one kind of model did on customers it had not seen.

    Parameters
    ----------
    kind
        ``logistic`` or ``boosted``.
    auc
        Chance that a random customer with the outcome outranks one without.
    brier
        Mean squared error of the probabilities.
    slope, intercept
        Calibration: 1 and 0 are right; a slope below 1 is over-fitting.
    lift_at_10
        Outcomes among the tenth of highest probability relative to chance.
    at_capacity
        The same at the capacity asked for, with precision and recall.
    bands
        Predicted against observed in tenths.
    """

    kind: Kind
    auc: Estimate
    brier: Estimate
    slope: Estimate
    intercept: Estimate
    lift_at_10: Estimate
    at_capacity: Capacity
    bands: tuple[Band, ...]

    def estimates(self) -> dict[str, Estimate]:
        """Return every number with its interval, by name."""
        return {
            "auc": self.auc,
            "brier": self.brier,
            "calibration_slope": self.slope,
            "calibration_intercept": self.intercept,
            "lift_at_10": self.lift_at_10,
            "lift_at_capacity": self.at_capacity.lift,
            "precision_at_capacity": self.at_capacity.precision,
            "recall_at_capacity": self.at_capacity.recall,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers for JSON."""
        numbers = {name: value.to_dict() for name, value in self.estimates().items()}
        bands = [band.to_dict() for band in self.bands]
        return {"kind": self.kind, **numbers, "capacity": self.at_capacity.share} | {
            "bands": bands
        }


@dataclass(frozen=True, repr=False)
class ChurnResult(Result):
    """A model of an outcome, judged honestly.

    Parameters
    ----------
    label, positive
        Column of the outcome, and its value that means that it happened.
    n, n_judged, base_rate
        Rows with a known outcome, rows that judged, and their share of the outcome.
    split
        ``time``: trained on earlier rows, judged on later ones; ``folds``:
        cross-validation in which each customer is in one fold.
    chosen
        The kind of model whose numbers are given first.
    measured
        Every kind that was fitted.
    columns, set_aside
        Columns used, and columns left out because they know the outcome.
    reasons
        Customers of highest probability with their reasons.
    stability, drift
        By segment; and between the rows that trained and those that judged in time.
    warnings
        What the reader must know before using a number.
    """

    label: str
    positive: str
    n: int
    n_judged: int
    base_rate: float
    split: str
    chosen: Kind
    measured: tuple[Measured, ...]
    columns: tuple[str, ...]
    set_aside: tuple[str, ...]
    reasons: tuple[CustomerReasons, ...]
    stability: tuple[SegmentStability, ...]
    drift: tuple[DriftRow, ...]
    warnings: tuple[Notice, ...]
    _final: Model = field(repr=False)
    _stored: StoredModel = field(repr=False)

    @property
    def best(self) -> Measured:
        """The chosen model's numbers."""
        return next(item for item in self.measured if item.kind == self.chosen)

    @property
    def auc(self) -> Estimate:
        """The chosen model's AUC with its interval."""
        return self.best.auc

    def to_dict(self) -> dict[str, Any]:
        """Return the keys of the command line's JSON, of the chosen model."""
        best = self.best
        return {
            "auc": json_number(best.auc.value),
            "auc_interval": [json_number(best.auc.lower), json_number(best.auc.upper)],
            "brier": json_number(best.brier.value),
            "calibration_slope": json_number(best.slope.value),
            "lift_at_10": json_number(best.lift_at_10.value),
            "warnings": [notice.to_dict() for notice in self.warnings],
            "reasons": [customer.to_dict() for customer in self.reasons],
        }

    def report(self) -> dict[str, Any]:
        """Return everything for JSON: all models, bands, segments, drift, columns."""
        return {
            **self.to_dict(),
            "label": self.label,
            "positive": self.positive,
            "n": self.n,
            "n_judged": self.n_judged,
            "base_rate": self.base_rate,
            "split": self.split,
            "model": self.chosen,
            "models": [item.to_dict() for item in self.measured],
            "columns": list(self.columns),
            "set_aside": list(self.set_aside),
            "stability": [item.to_dict() for item in self.stability],
            "drift": [item.to_dict() for item in self.drift],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per model and measure, with its interval."""
        import pandas as pd  # noqa: PLC0415 - slow import

        return pd.DataFrame(
            [
                {"model": item.kind, "measure": name, **estimate.to_dict()}
                for item in self.measured
                for name, estimate in item.estimates().items()
            ]
        )

    def chart(self) -> Any:
        """Draw predicted against observed shares in tenths, with intervals."""
        from cxstats.charts.churn import calibration_chart  # noqa: PLC0415 - slow import

        rows = [
            {
                "predicted": band.predicted,
                "observed": band.observed.value,
                "lower": band.observed.lower,
                "upper": band.observed.upper,
                "n": band.observed.n,
            }
            for band in self.best.bands
        ]
        return calibration_chart(rows)

    def score(
        self,
        data: Any,
        *,
        id: str | None = None,  # noqa: A002 - as in the analysis
        where: str | Filter | None = None,
        engine: Engine | str | None = None,
        capacity: float | None = None,
    ) -> ScoredCustomers:
        """Score new rows by the chosen model, fitted to all rows.

        Parameters
        ----------
        data
            Anything that the library reads; it needs the model's columns, not the
            label.
        id
            Column of the customer; that of the analysis by default.
        where, engine
            As everywhere.
        capacity
            Share of the customers that can be contacted; that of the analysis by
            default.

        Raises
        ------
        ColumnNotFoundError
            If a column of the model is not in the data.
        """
        customer = self._stored.id_column if id is None else id
        named = () if customer is None else (customer,)
        columns = [*self._final.design.reads, *named]
        rows = read_rows(data, columns, where=where, engine=engine)
        share = self.best.at_capacity.share if capacity is None else capacity
        reference = self._stored.reference
        return score_rows(self._final, rows, customer, reference, share)

    def stored(self) -> StoredModel:
        """Return the logistic model, fitted to all rows, as plain data to keep."""
        return self._stored

    def __str__(self) -> str:
        """Write the models, the first customers and what was set aside."""
        how = "later rows" if self.split == "time" else "rows of other customers"
        head = (
            f"{self.label} = {self.positive}: {format_value(self.base_rate, 'share')} "
            f"of {self.n_judged:,} customers, judged on {how}; {self.chosen} model"
        )
        headers = ["model", "AUC", "interval", "Brier", "slope", "lift at 10%"]
        table = text_table(headers, [_row(item) for item in self.measured])
        parts = [head, table]
        if self.set_aside:
            parts.append(f"set aside as leakage: {', '.join(self.set_aside)}")
        if self.reasons:
            rows = [
                [
                    str(customer.id),
                    format_value(customer.probability, "share"),
                    ", ".join(f"{r.column} = {r.value}" for r in customer.reasons),
                ]
                for customer in self.reasons[:_PRINTED]
            ]
            parts.append(text_table(["customer", "probability", "reasons"], rows))
        return "\n\n".join(parts)


def _row(item: Measured) -> list[str]:
    numbers = [format_value(e.value, e.unit, 3) for e in (item.auc, item.brier)]
    ends = (format_value(end, "auc", 3) for end in (item.auc.lower, item.auc.upper))
    slope = format_value(item.slope.value, "log_odds", 2)
    lift = format_value(item.lift_at_10.value, "ratio", 2)
    return [item.kind, numbers[0], " to ".join(ends), numbers[1], slope, lift]
