"""A difference of two scores, judged: value, interval, p, q and a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cxstats.charts import Caption, difference_chart
from cxstats.display import VERDICTS, format_key, format_value, notice_lines, text_table
from cxstats.estimates import Estimate, Notice, json_number, json_value
from cxstats.multiplicity import Correction
from cxstats.reporting import DEFAULT_POLICY, MinimumN

__all__ = ["Comparison", "Difference", "Verdict", "judge"]

Verdict = Literal["rose", "fell", "no_detectable_change"]
"""Codes for translation; ``no_detectable_change`` never means "equal"."""


@dataclass(frozen=True)
class Difference:
    """The compared score minus the baseline score.

    Parameters
    ----------
    by
        Group within which the two were compared; empty without groups.
    baseline, compared
        The two values of the column compared over, or labels such as ``rest``.
    baseline_estimate, compared_estimate
        The two scores.
    estimate
        The difference with its interval, in the unit of the scores; n counts the
        answers of both (of one side for a panel).
    p, q
        Two-sided p value and, after correction for all comparisons made together,
        the false discovery rate; NaN where no test is possible.
    detectable
        Smallest true difference, in the unit, that data like these find with 80 %
        power.
    verdict
        ``rose`` or ``fell`` only if the interval excludes 0 and q is small enough.
    """

    by: Mapping[str, Any]
    baseline: Any
    compared: Any
    baseline_estimate: Estimate
    compared_estimate: Estimate
    estimate: Estimate
    p: float
    q: float
    detectable: float
    verdict: Verdict

    def standing(self, policy: MinimumN = DEFAULT_POLICY) -> str:
        """Return how the difference may be shown: as the smaller side may be."""
        return policy.standing(min(self.baseline_estimate.n, self.compared_estimate.n))

    @property
    def label(self) -> str:
        """Name both sides, within their group."""
        sides = f"{format_key(self.compared)} − {format_key(self.baseline)}"
        keys = [format_key(value) for value in self.by.values()]
        return " · ".join([*keys, sides])

    def to_dict(self) -> dict[str, Any]:
        """Return the difference for JSON; a number that is not known is None."""
        return {
            "by": {name: json_value(value) for name, value in self.by.items()},
            "baseline": json_value(self.baseline),
            "compared": json_value(self.compared),
            "baseline_value": json_number(self.baseline_estimate.value),
            "compared_value": json_number(self.compared_estimate.value),
            "baseline_n": self.baseline_estimate.n,
            "compared_n": self.compared_estimate.n,
            "difference": json_number(self.estimate.value),
            "std_error": json_number(self.estimate.std_error),
            "lower": json_number(self.estimate.lower),
            "upper": json_number(self.estimate.upper),
            "level": self.estimate.level,
            "method": self.estimate.method,
            "p": json_number(self.p),
            "q": json_number(self.q),
            "detectable": json_number(self.detectable),
            "verdict": self.verdict,
        }


def judge(lower: float, upper: float, q: float, level: float) -> Verdict:
    """Say what may be said of a difference.

    A difference whose interval covers 0, or whose q exceeds ``1 - level``, is not
    detectable; so is one without a test.
    """
    if math.isnan(q) or q > 1 - level:
        return "no_detectable_change"
    if lower > 0:
        return "rose"
    return "fell" if upper < 0 else "no_detectable_change"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Differences that were made, and corrected, together.

    Parameters
    ----------
    metric
        Metric of the scores.
    between
        Column, or what else the sides differ in.
    differences
        In the order of their groups and sides.
    correction
        How q was made from p.
    excluded, warnings
        Those of the scores compared.
    """

    metric: str
    between: str
    differences: tuple[Difference, ...]
    correction: Correction
    excluded: Mapping[str, int]
    warnings: tuple[Notice, ...]

    def __len__(self) -> int:
        """Count the differences."""
        return len(self.differences)

    def __iter__(self) -> Iterator[Difference]:
        """Go through the differences."""
        return iter(self.differences)

    def __getitem__(self, index: int) -> Difference:
        """Return one difference."""
        return self.differences[index]

    @property
    def unit(self) -> str:
        """Unit of the differences."""
        return self.differences[0].estimate.unit if self.differences else ""

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison for the command line's JSON."""
        return {
            "metric": self.metric,
            "unit": self.unit,
            "between": self.between,
            "correction": self.correction,
            "comparisons": [item.to_dict() for item in self.differences],
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per difference."""
        rows = []
        for item in self.differences:
            row = item.to_dict()
            row.pop("by")
            rows.append({**item.by, **row})
        return pd.DataFrame(rows)

    def chart(self, policy: MinimumN = DEFAULT_POLICY) -> Any:
        """Draw the differences around zero, coloured by verdict.

        Differences with a side below the policy's minimum are left out.

        Returns
        -------
        altair.Chart
        """
        rows = [
            {"label": item.label, **item.to_dict()}
            for item in self.differences
            if item.standing(policy) != "hidden"
        ]
        caption = Caption(f"{self.metric}: differences by {self.between}")
        return difference_chart(rows, unit=self.unit or "score", caption=caption)

    def __repr__(self) -> str:
        """Write the comparison as a table with its warnings."""
        headers = ["", "difference", "lower", "upper", "p", "q", "verdict"]
        rows = []
        for item in self.differences:
            e = item.estimate
            numbers = [format_value(x, e.unit, 2) for x in (e.value, e.lower, e.upper)]
            tests = [format_value(x, "score", 4) for x in (item.p, item.q)]
            rows.append([item.label, *numbers, *tests, VERDICTS[item.verdict]])
        head = f"{self.metric} by {self.between}, corrected by {self.correction}"
        notices = notice_lines(self.warnings)
        return "\n".join([head, text_table(headers, rows), *notices])
