"""The answer of a metric: one estimate per group, what was left out, and notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from cxstats.aggregates import ScoreCells
from cxstats.charts import Caption, distribution_chart, estimate_chart
from cxstats.display import (
    format_estimate,
    format_key,
    format_value,
    notice_lines,
    text_table,
)
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Estimates, Notice, json_number, json_value
from cxstats.metrics.estimators import Precision
from cxstats.metrics.measures import Measure
from cxstats.reporting import DEFAULT_POLICY, MinimumN
from cxstats.scales import Scale

__all__ = ["GroupResult", "MetricResult"]

_NAMES = {
    "nps": "Net Promoter Score",
    "nps_like": "NPS-like score (not Net Promoter Score)",
    "csat": "Customer satisfaction",
    "ces": "Customer effort score",
    "share": "Share",
}
_SHOWN_ROWS = 30


@dataclass(frozen=True)
class GroupResult:
    """One group's estimates.

    Parameters
    ----------
    by
        Group column to value; empty without groups.
    estimate
        The metric's own number.
    parts
        Further estimates by name: the shares of promoters, passives and
        detractors, or mean, top box and the like.
    """

    by: Mapping[str, Any]
    estimate: Estimate
    parts: Mapping[str, Estimate]

    def to_dict(self) -> dict[str, Any]:
        """Return the group with the keys of the command line's JSON."""
        return {
            "by": {name: json_value(value) for name, value in self.by.items()},
            **self.estimate.to_dict(),
            **{name: json_number(part.value) for name, part in self.parts.items()},
        }


@dataclass(frozen=True, eq=False)
class MetricResult:
    """A metric over groups.

    Parameters
    ----------
    metric
        ``nps``, ``nps_like``, ``csat``, ``ces`` or ``share``.
    scale
        The scale the answers were read on; None for a share of values.
    estimates
        The metric's own number per group, with its unit and level.
    parts
        Further estimates per group, by name.
    warnings
        What the reader must know.
    cells
        The counts everything was estimated from; they add up across results.
    measure, precision
        What was averaged and how the intervals were made.
    """

    metric: str
    scale: Scale | None
    estimates: Estimates
    parts: Mapping[str, Estimates]
    warnings: tuple[Notice, ...]
    cells: ScoreCells = field(repr=False)
    measure: Measure = field(repr=False)
    precision: Precision = field(repr=False)

    @property
    def by(self) -> tuple[str, ...]:
        """Names of the group columns."""
        return self.cells.by

    @property
    def unit(self) -> str:
        """Unit of the metric's own number."""
        return self.estimates.unit

    @property
    def level(self) -> float:
        """Confidence level of the intervals."""
        return self.estimates.level

    @property
    def excluded(self) -> Mapping[str, int]:
        """Rows left out, by reason."""
        return self.cells.excluded

    @cached_property
    def groups(self) -> tuple[GroupResult, ...]:
        """Every group in sorted order of its keys, missing keys last."""
        own = self.estimates.rows()
        parts = {name: part.rows() for name, part in self.parts.items()}
        return tuple(
            GroupResult(
                by=MappingProxyType(dict(zip(self.by, key, strict=True))),
                estimate=own[i],
                parts=MappingProxyType({name: p[i] for name, p in parts.items()}),
            )
            for i, key in enumerate(self.cells.groups)
        )

    def __len__(self) -> int:
        """Count the groups."""
        return len(self.cells.groups)

    def __iter__(self) -> Iterator[GroupResult]:
        """Go through the groups."""
        return iter(self.groups)

    @property
    def estimate(self) -> Estimate:
        """The only estimate of a result without groups.

        Raises
        ------
        InputError
            If there are several groups.
        """
        if len(self) != 1:
            raise InputError(
                f"this result has {len(self)} groups; read .groups or .group(...)"
            )
        return self.estimates[0]

    def group(self, **by: Any) -> GroupResult:
        """Return the group with these values, ``result.group(region="North")``.

        Raises
        ------
        InputError
            If no group, or more than one, has them.
        """
        found = [
            group
            for group in self.groups
            if all(group.by.get(name) == value for name, value in by.items())
        ]
        if len(found) != 1:
            raise InputError(f"{len(found)} groups have {by}; groups are by {self.by}")
        return found[0]

    def distribution(self, **by: Any) -> dict[float, float]:
        """Return the weight of valid answers by score, over the groups that match.

        Without weights these are counts of answers.
        """
        wanted = [
            all(key[self.by.index(name)] == value for name, value in by.items())
            for key in self.cells.groups
        ]
        keep = (
            self.cells.is_valid & np.asarray(wanted, dtype=bool)[self.cells.group_index]
        )
        scores, index = np.unique(
            self.cells.numbers("score")[keep], return_inverse=True
        )
        weights = np.bincount(index, self.cells.numbers("w")[keep], len(scores))
        return dict(zip(scores.tolist(), weights.tolist(), strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return the result with the keys of the command line's JSON."""
        groups = [group.to_dict() for group in self.groups]
        return {
            "metric": self.metric,
            "unit": self.unit,
            "groups": groups,
            "excluded": dict(self.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per group: keys, estimate, its interval and the parts."""
        keys = {
            name: [key[i] for key in self.cells.groups]
            for i, name in enumerate(self.by)
        }
        parts = {name: part.value for name, part in self.parts.items()}
        return pd.DataFrame({**keys, **self.estimates.columns(), **parts})

    def chart(self, policy: MinimumN = DEFAULT_POLICY) -> Any:
        """Draw the groups with their intervals, or the distribution without groups.

        Groups below the policy's minimum are left out; indicative ones are grey.

        Returns
        -------
        altair.Chart
        """
        caption = Caption(_NAMES[self.metric], source=self._source())
        if not self.by and self.scale is not None:
            scale = self.scale
            if self.unit != "points":
                # Classes belong to net scores; a mean has no promoters to colour.
                scale = Scale(scale.minimum, scale.maximum)
            return distribution_chart(self.distribution(), scale, caption=caption)
        rows = [
            {
                "label": _label(group.by),
                "standing": policy.standing(group.estimate.n),
                **group.estimate.to_dict(),
            }
            for group in self.groups
            if policy.standing(group.estimate.n) != "hidden"
        ]
        return estimate_chart(rows, unit=self.unit, caption=caption)

    def _source(self) -> str:
        return f"n {int(self.estimates.n.sum()):,}, {self.level:.0%} intervals"

    def __repr__(self) -> str:
        """Write the result as a short table with its warnings."""
        head = f"{_NAMES[self.metric]}, {self._source()}"
        left = ", ".join(f"{reason} {n:,}" for reason, n in self.excluded.items())
        notices = notice_lines(self.warnings)
        tail = [f"left out: {left}"] if left else []
        return "\n".join([head, self._table(), *tail, *notices])

    def _table(self) -> str:
        headers = [*self.by, "value", "lower", "upper", "n", "method"]
        rows = []
        for group in self.groups[:_SHOWN_ROWS]:
            e = group.estimate
            numbers = [format_value(x, e.unit, 2) for x in (e.value, e.lower, e.upper)]
            keys = [format_key(value) for value in group.by.values()]
            rows.append([*keys, *numbers, f"{e.n:,}", e.method])
        more = len(self) - _SHOWN_ROWS
        tail = f"\n... and {more} more groups" if more > 0 else ""
        return text_table(headers, rows) + tail

    def _repr_html_(self) -> str:
        """Draw the result as a table in a notebook."""
        return self.to_pandas().to_html(index=False)

    def __str__(self) -> str:
        """Write one line for a single estimate, else the table."""
        if len(self) == 1:
            return f"{self.metric} {format_estimate(self.estimates[0])}"
        return repr(self)


def _label(by: Mapping[str, Any]) -> str:
    return " · ".join(format_key(value) for value in by.values())
