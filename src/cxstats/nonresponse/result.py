"""Observed and adjusted score side by side, and what could still be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cxstats.display import format_estimate, format_value, notice_lines, text_table
from cxstats.estimates import Estimate, Notice, json_number, json_value
from cxstats.nonresponse.adjusting import Shift
from cxstats.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FeatureClass", "Nonresponse", "Tipping"]

_SHOWN = 30


@dataclass(frozen=True)
class FeatureClass:
    """One class of a feature.

    Parameters
    ----------
    feature, value
        Name of the feature and its class; None for missing.
    asked, answered
        People.
    rate
        Share of them that answered, by weight.
    share_asked, share_answered, share_adjusted
        Share of the class among all asked, among those who answered, and among
        those with their weights.
    """

    feature: str
    value: Any
    asked: int
    answered: int
    rate: float
    share_asked: float
    share_answered: float
    share_adjusted: float

    def to_dict(self) -> dict[str, Any]:
        """Return the class for JSON."""
        found = {**asdict(self), "value": json_value(self.value)}
        return {
            k: json_number(v) if isinstance(v, float) else v for k, v in found.items()
        }


@dataclass(frozen=True)
class Tipping:
    """What those who did not answer would have to be to change the verdict.

    Parameters
    ----------
    target
        Score that the verdict is about.
    verdict
        ``above``, ``below`` or ``undetermined``: where the interval of the adjusted
        score lies.
    delta
        Shift from which on the interval touches the target; NaN if undetermined.
    nonrespondents
        Score of those who did not answer at that shift.
    is_possible
        Whether a score can be so low or high at all.
    """

    target: float
    verdict: str
    delta: float
    nonrespondents: float
    is_possible: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON; a number that is not known is None."""
        found = asdict(self)
        for name in ("delta", "nonrespondents"):
            found[name] = json_number(found[name])
        return found


@dataclass(frozen=True, repr=False)
class Nonresponse(Result):
    """A score adjusted for who answered.

    Parameters
    ----------
    metric
        ``nps``, ``nps_like`` or ``mean``.
    asked, answered
        People.
    rate
        Share of everybody asked that answered, by weight.
    observed, adjusted
        Score of those who answered as they are, and weighted to everybody asked.
    expected_of_missing
        Score that the model expects of those who did not answer.
    worst, best
        Score of everybody if all who did not answer gave the lowest, or the
        highest, answer.
    sensitivity
        Scores of everybody under shifts of those who did not answer.
    tipping
        What would change the verdict; None without a target.
    auc
        How well the features tell who answers, 0.5 (not at all) to 1.
    calibration_gap
        Largest gap between rate and probability over tenths of the people.
    cap, trimmed
        Largest weight, and people whose weight was cut to it.
    classes
        Every class of every feature.
    excluded
        Rows left out, by reason.
    warnings
        What the reader must know.
    """

    metric: str
    asked: int
    answered: int
    rate: float
    observed: Estimate
    adjusted: Estimate
    expected_of_missing: float
    worst: float
    best: float
    sensitivity: tuple[Shift, ...]
    tipping: Tipping | None
    auc: float
    calibration_gap: float
    cap: float
    trimmed: int
    classes: tuple[FeatureClass, ...]
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    @property
    def shift(self) -> float:
        """Adjusted minus observed score."""
        return self.adjusted.value - self.observed.value

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON; a number that is not known is None."""
        return {
            "metric": self.metric,
            "unit": self.adjusted.unit,
            "asked": self.asked,
            "answered": self.answered,
            "rate": self.rate,
            "observed": self.observed.to_dict(),
            "adjusted": self.adjusted.to_dict(),
            "expected_of_missing": json_number(self.expected_of_missing),
            "worst": json_number(self.worst),
            "best": json_number(self.best),
            "sensitivity": [
                {name: json_number(value) for name, value in asdict(row).items()}
                for row in self.sensitivity
            ],
            "tipping": self.tipping.to_dict() if self.tipping else None,
            "auc": json_number(self.auc),
            "calibration_gap": json_number(self.calibration_gap),
            "cap": json_number(self.cap),
            "trimmed": self.trimmed,
            "classes": [row.to_dict() for row in self.classes],
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per shift of those who did not answer."""
        import pandas as pd  # noqa: PLC0415 - keeps the command line quick

        return pd.DataFrame([asdict(row) for row in self.sensitivity])

    def chart(self) -> Any:
        """Draw the score of everybody against the shift of those who did not answer.

        Returns
        -------
        altair.Chart
        """
        from cxstats.charts.weighting import sensitivity_chart  # noqa: PLC0415

        return sensitivity_chart(
            [asdict(row) for row in self.sensitivity],
            unit=self.adjusted.unit,
            observed=self.observed.value,
            target=self.tipping.target if self.tipping else None,
        )

    def __str__(self) -> str:
        """Write both scores, the band and what would change the verdict."""
        unit = self.adjusted.unit
        ends = [format_value(x, unit, 1) for x in (self.worst, self.best)]
        lines = [
            f"{self.answered:,} of {self.asked:,} answered ({self.rate:.1%})",
            f"the features tell who answers with AUC {self.auc:.3f}",
            f"observed {self.metric} {format_estimate(self.observed, decimals=1)}",
            f"adjusted {self.metric} {format_estimate(self.adjusted, decimals=1)}",
            f"all others lowest: {ends[0]}, all others highest: {ends[1]}",
        ]
        rows = [
            [
                *(format_value(x, unit, 1) for x in (row.delta, row.nonrespondents)),
                *(format_value(x, unit, 1) for x in (row.value, row.lower, row.upper)),
            ]
            for row in self.sensitivity[:_SHOWN]
        ]
        headers = ["shift", "those who did not answer", "everybody", "lower", "upper"]
        notices = notice_lines(self.warnings)
        return "\n".join([*lines, text_table(headers, rows), *self._tip(), *notices])

    def _tip(self) -> list[str]:
        found = self.tipping
        if found is None:
            return []
        goal = format_value(found.target, self.adjusted.unit, 1)
        if found.verdict == "undetermined":
            return [f"the adjusted score cannot be told from {goal}"]
        if not found.is_possible:
            return [f"the score is {found.verdict} {goal} whatever the others think"]
        score = format_value(found.nonrespondents, self.adjusted.unit, 1)
        shift = format_value(found.delta, self.adjusted.unit, 1)
        told = f"the score is {found.verdict} {goal} unless the others score {score}"
        return [f"{told} (a shift of {shift}) or beyond"]
