"""The answer of an experiment: arms, effects, and whether they can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxstats.charts.experiments import effect_chart
from cxstats.display import format_key, format_value, notice_lines, text_table
from cxstats.estimates import Estimate, Notice, json_number, json_value
from cxstats.experiments.effects import Effect
from cxstats.experiments.sample_ratio import SampleRatio
from cxstats.results import Result

__all__ = ["ExperimentResult"]

_SHOWN_SEGMENTS = 30

_DECIMALS = {"points": 1, "share": 2, "score": 3}


@dataclass(frozen=True, eq=False, repr=False)
class ExperimentResult(Result):
    """Arms of an experiment against the control.

    Parameters
    ----------
    outcome, kind, unit
        What was measured, as ``share``, ``mean`` or ``nps``, and its unit.
    control, level
        The control arm and the level of the intervals.
    arms
        Each arm's own value, the control first.
    ratio
        The sample-ratio check.
    effects
        Each arm minus the control; empty where the sample ratio blocks them.
    segments, segment
        Effects within the values of a column, and the column.
    heterogeneity
        P value by arm of "the effect is the same in all segments".
    without_arm
        Rows left out because they have no arm.
    warnings
        What the reader must know.
    """

    outcome: str
    kind: str
    unit: str
    control: Any
    level: float
    arms: Mapping[Any, Estimate]
    ratio: SampleRatio
    effects: tuple[Effect, ...]
    segments: tuple[Effect, ...]
    segment: str | None
    heterogeneity: Mapping[Any, float]
    without_arm: int
    warnings: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the result with the keys of the command line's JSON."""
        return {
            "outcome": self.outcome,
            "kind": self.kind,
            "unit": self.unit,
            "control": json_value(self.control),
            "arms": [
                {"arm": json_value(name), **estimate.to_dict()}
                for name, estimate in self.arms.items()
            ],
            "sample_ratio": self.ratio.to_dict(),
            "effects": [effect.to_dict() for effect in self.effects],
            "segments": [effect.to_dict() for effect in self.segments],
            "heterogeneity": [
                {"arm": json_value(arm), "p": json_number(p)}
                for arm, p in self.heterogeneity.items()
            ],
            "without_arm": self.without_arm,
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per effect, those of segments last."""
        rows = [effect.to_dict() for effect in (*self.effects, *self.segments)]
        for row in rows:
            adjusted = row.pop("adjusted") or {}
            for name in ("value", "std_error", "lower", "upper"):
                row[f"adjusted_{name}"] = adjusted.get(name)
        return pd.DataFrame(rows)

    def chart(self) -> Any:
        """Draw the effects with their intervals around zero.

        Returns
        -------
        altair.Chart
        """
        rows = [
            {"label": self._label(effect), **effect.to_dict()}
            for effect in (*self.effects, *self.segments)
        ]
        title = f"{self.outcome}: effect against {format_key(self.control)}"
        return effect_chart(rows, unit=self.unit, title=title)

    def _label(self, effect: Effect) -> str:
        if effect.segment is None and effect in self.effects:
            return format_key(effect.arm)
        return f"{format_key(effect.arm)} · {format_key(effect.segment)}"

    def __str__(self) -> str:
        """Write arms and effects as tables."""
        digits = _DECIMALS[self.unit]

        def written(*numbers: float) -> list[str]:
            return [format_value(x, self.unit, digits) for x in numbers]

        arms = [
            [format_key(name), *written(e.value, e.lower, e.upper), f"{e.n:,}"]
            for name, e in self.arms.items()
        ]
        effects = []
        for item in (*self.effects, *self.segments[:_SHOWN_SEGMENTS]):
            e = item.estimate
            tests = [format_value(x, "score", 4) for x in (item.p, item.q)]
            effects.append(
                [self._label(item), *written(e.value, e.lower, e.upper), *tests]
            )
        heads = ["effect", "difference", "lower", "upper", "p", "q"]
        sharpened = [
            [self._label(item), *written(own.value, own.lower, own.upper)]
            for item in self.effects
            if (own := item.adjusted) is not None
        ]
        parts = [
            f"{self.outcome} ({self.kind}), sample ratio {self.ratio.verdict}",
            text_table(["arm", "value", "lower", "upper", "n"], arms),
            text_table(heads, effects) if effects else "no effect is given",
        ]
        if sharpened:
            heads = ["adjusted (CUPED)", "difference", "lower", "upper"]
            parts.append(text_table(heads, sharpened))
        more = len(self.segments) - _SHOWN_SEGMENTS
        if more > 0:
            parts.append(f"... and {more} more effects in segments")
        notices = notice_lines(self.warnings)
        return "\n".join([*parts, *notices])
