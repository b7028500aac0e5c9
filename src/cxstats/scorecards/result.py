"""The scorecard: a card per unit, what the units are like together, and charts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import format_key, format_value, notice_lines, text_table
from cxstats.estimates import Estimate, Floats, Notice, json_number, json_value
from cxstats.results import Result
from cxstats.scorecards.funnel import FUNNEL_LIMITS
from cxstats.scorecards.judging import Judged, Rules, Scores

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["About", "Scorecard", "UnitCard"]

_SHOWN = 40
_LIMIT_NAMES = ("95%", "99.8%")


@dataclass(frozen=True)
class About:
    """What was compared and how.

    Parameters
    ----------
    metric
        ``nps``, ``nps_like`` or ``mean``.
    unit
        Column of units.
    adjusted_for
        Columns of the mix.
    adjust_method
        ``model`` or ``direct``; None without columns.
    target
        In the unit of the metric; None without.
    answer_variance
        Variance of one answer, of -1, 0, 1 for a net score.
    excluded
        Rows left out, by reason.
    """

    metric: str
    unit: str
    adjusted_for: tuple[str, ...]
    adjust_method: str | None
    target: float | None
    answer_variance: float
    excluded: Mapping[str, int]

    @property
    def factor(self) -> float:
        """What a score is multiplied with when it is reported."""
        return 1.0 if self.metric == "mean" else 100.0

    @property
    def measured_in(self) -> str:
        """Unit of the scores: ``points`` or ``score``."""
        return "score" if self.metric == "mean" else "points"


@dataclass(frozen=True)
class UnitCard:
    """One unit.

    Parameters
    ----------
    unit
        Its value in the data.
    standing
        ``normal``, ``indicative`` (too few answers to rank) or ``hidden`` (too few
        to show a score).
    raw, adjusted
        Score as answered, and with everybody's mix of customers.
    estimate
        Best guess of the true score, with its interval; ``n`` are the answers.
    own_weight
        How much the unit's own answers count in it, 0 to 1; the rest is the mean.
    coverage
        Share of everybody's mix that the unit has answers from.
    below_target
        Probability that the true score is below the target; NaN without a target.
    below_mean
        Probability that it is below the mean of all units.
    verdict
        ``above`` or ``below`` the mean of all units, or ``not_different``.
    target_verdict
        ``below``, ``meets`` or ``undetermined``; None without a target.
    rank, rank_lower, rank_upper
        From the highest, with an interval; None for units that must not be ranked.
    z, z_adjusted
        Distance from the overall score in standard errors, without and with
        over-dispersion.
    """

    unit: Any
    standing: str
    raw: float
    adjusted: float
    estimate: Estimate
    own_weight: float
    coverage: float
    below_target: float
    below_mean: float
    verdict: str
    target_verdict: str | None
    rank: int | None
    rank_lower: int | None
    rank_upper: int | None
    z: float
    z_adjusted: float

    def to_dict(self) -> dict[str, Any]:
        """Return the card for JSON; a number that is not known is None."""
        plain = {
            name: json_number(value) if isinstance(value, float) else value
            for name, value in vars(self).items()
            if name not in {"unit", "estimate"}
        }
        return {"unit": json_value(self.unit), **self.estimate.to_dict(), **plain}


@dataclass(frozen=True, repr=False, eq=False)
class Scorecard(Result):
    """Units compared fairly.

    Parameters
    ----------
    about
        What was compared and how.
    rules
        Target, method, minimum n and level.
    scores, judged
        The numbers, one per unit in the order of `keys`.
    keys
        Units in the order of their names.
    warnings
        What the reader must know.
    """

    about: About
    rules: Rules
    scores: Scores
    judged: Judged
    keys: tuple[Any, ...]
    warnings: tuple[Notice, ...]

    @property
    def verdict(self) -> str:
        """``units_differ``, or ``nobody_differs`` where nobody may be ranked."""
        return "units_differ" if self.judged.differs else "nobody_differs"

    @cached_property
    def units(self) -> tuple[UnitCard, ...]:
        """A card per unit: ranked ones first; in the order of names if none is."""
        cards = [self._card(i) for i in range(len(self.keys))]
        if not self.judged.differs:
            return tuple(cards)
        return tuple(sorted(cards, key=lambda card: card.rank or math.inf))

    def __len__(self) -> int:
        """Count the units."""
        return len(self.keys)

    def __iter__(self) -> Iterator[UnitCard]:
        """Go through the units."""
        return iter(self.units)

    @cached_property
    def _columns(self) -> dict[str, Floats]:
        judged, factor = self.judged, self.about.factor
        unknown = np.full(len(self.keys), np.nan)
        found = judged.funnel
        low, high = self.scores.ends
        half = _normal(self.rules.level) * judged.shrunken.std_error
        value = judged.shrunken.value
        return {
            "raw": factor * self.scores.raw,
            "adjusted": factor * self.scores.value,
            "value": factor * value.clip(low, high),
            "std_error": factor * judged.shrunken.std_error,
            "lower": factor * (value - half).clip(low, high),
            "upper": factor * (value + half).clip(low, high),
            "own_weight": judged.shrunken.own,
            "coverage": self.scores.coverage,
            "below_target": judged.below_target,
            "below_mean": judged.below_mean,
            "z": unknown if found is None else found.z,
            "z_adjusted": unknown if found is None else found.z_adjusted,
        }

    def _card(self, i: int) -> UnitCard:
        number = {name: float(column[i]) for name, column in self._columns.items()}
        n = int(self.scores.n[i])
        estimate = Estimate(
            unit=self.about.measured_in,
            level=self.rules.level,
            n=n,
            n_effective=float(self.scores.n_effective[i]),
            method=f"shrunken_{self.rules.method}",
            **{k: number.pop(k) for k in ("value", "std_error", "lower", "upper")},
        )
        ranks = (self.judged.rank, self.judged.rank_lower, self.judged.rank_upper)
        rank, lower, upper = (int(places[i]) or None for places in ranks)
        return UnitCard(
            unit=self.keys[i],
            standing=self.rules.minimum.standing(n),
            estimate=estimate,
            verdict=self._verdict(number["below_mean"]),
            target_verdict=self._target_verdict(number["below_target"]),
            rank=rank,
            rank_lower=lower,
            rank_upper=upper,
            **number,
        )

    def _verdict(self, below: float) -> str:
        sure = (1 + self.rules.level) / 2
        if not self.judged.differs or math.isnan(below):
            return "not_different"
        if below >= sure:
            return "below"
        return "above" if below <= 1 - sure else "not_different"

    def _target_verdict(self, below: float) -> str | None:
        if self.about.target is None:
            return None
        if below >= self.rules.level:
            return "below"
        return "meets" if below <= 1 - self.rules.level else "undetermined"

    def to_dict(self) -> dict[str, Any]:
        """Return the scorecard with the keys of the command line's JSON."""
        about, factor, judged = self.about, self.about.factor, self.judged
        found, limits = judged.heterogeneity, judged.funnel
        return {
            "metric": about.metric,
            "unit": about.measured_in,
            "by": about.unit,
            "adjusted_for": list(about.adjusted_for),
            "adjust_method": about.adjust_method,
            "target": about.target,
            "verdict": self.verdict,
            "answer_variance": factor**2 * about.answer_variance,
            "heterogeneity": None if found is None else found.to_dict(factor),
            "funnel": None if limits is None else limits.to_dict(factor),
            "units": [card.to_dict() for card in self.units],
            "excluded": dict(about.excluded),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per unit."""
        import pandas as pd  # noqa: PLC0415 - keeps the command line quick

        return pd.DataFrame([card.to_dict() for card in self.units])

    def chart(self) -> Any:
        """Draw best guesses with intervals; units with too few answers are left out.

        Returns
        -------
        altair.Chart
        """
        from cxstats.charts.scorecards import unit_chart  # noqa: PLC0415 - as above

        rows = [
            {**card.to_dict(), "unit": format_key(card.unit)}
            for card in self.units
            if card.standing != "hidden"
        ]
        return unit_chart(
            rows,
            unit=self.about.measured_in,
            centre=self._mean(),
            target=self.about.target,
        )

    def _mean(self) -> float:
        found = self.judged.heterogeneity
        mean = float(np.mean(self.scores.value)) if found is None else found.mean
        return self.about.factor * mean

    def funnel_chart(self) -> Any:
        """Draw units by their answers between the limits of chance.

        The limits include over-dispersion: the variance that most units share
        beyond chance. Without anything to compare there are no limits.

        Returns
        -------
        altair.Chart
        """
        from cxstats.charts.scorecards import funnel_chart  # noqa: PLC0415 - as above

        factor, found = self.about.factor, self.judged.funnel
        rows = [
            {"unit": format_key(key), "n": float(n), "score": factor * float(score)}
            for key, n, score in zip(
                self.keys, self.scores.n, self.scores.value, strict=True
            )
        ]
        sizes = np.geomspace(max(self.scores.n.min(), 1), self.scores.n.max() + 1, 40)
        tau2 = math.nan if found is None else found.tau2
        centre = math.nan if found is None else found.target
        error = np.sqrt(self.about.answer_variance / sizes + tau2)
        limits = [
            {
                "n": float(n),
                "limit": name,
                "lower": json_number(factor * (centre - z * s)),
                "upper": json_number(factor * (centre + z * s)),
            }
            for z, name in zip(FUNNEL_LIMITS, _LIMIT_NAMES, strict=True)
            for n, s in zip(sizes, error, strict=True)
        ]
        return funnel_chart(rows, limits, unit=self.about.measured_in)

    def __str__(self) -> str:
        """Write the units as a table; those with too few answers without a score."""
        headers = [self.about.unit, "n", "raw", "best guess", "interval", "verdict"]
        ranked = any(card.rank for card in self.units)
        headers += ["rank"] if ranked else []
        headers += ["P(below target)"] if self.about.target is not None else []
        rows = [self._row(card, ranked=ranked) for card in self.units[:_SHOWN]]
        more = len(self.keys) - _SHOWN
        tail = [f"... and {more} more units"] if more > 0 else []
        notices = notice_lines(self.warnings)
        return "\n".join([self._headline(), text_table(headers, rows), *tail, *notices])

    def _headline(self) -> str:
        names = ", ".join(self.about.adjusted_for)
        adjusted = f", adjusted for {names}" if names else ""
        found = self.judged.heterogeneity
        spread = ""
        if found is not None:
            tau = self.about.factor * math.sqrt(found.tau2)
            spread = f"; true scores vary by ±{tau:.2g} (p = {found.p:.2g})"
        return f"{self.about.metric} by {self.about.unit}{adjusted}{spread}"

    def _row(self, card: UnitCard, *, ranked: bool) -> list[str]:
        form, e = self.about.measured_in, card.estimate
        digits = 1 if form == "points" else 2
        row = [format_key(card.unit), f"{e.n:,}"]
        if card.standing == "hidden":
            row += ["too few", "", f"needs {self.rules.minimum.shown}", ""]
        else:
            ends = (format_value(x, form, digits) for x in (e.lower, e.upper))
            row += [
                format_value(card.raw, form, digits),
                format_value(e.value, form, digits),
                " to ".join(ends),
                card.verdict.replace("_", " "),
            ]
        if ranked:
            row.append(
                f"{card.rank} ({card.rank_lower}-{card.rank_upper})"
                if card.rank
                else "–"
            )
        if self.about.target is not None:
            row.append(format_value(card.below_target, "share", 0))
        return row


def _normal(level: float) -> float:
    from scipy.special import ndtri  # noqa: PLC0415 - keeps the command line quick

    return float(ndtri((1 + level) / 2))
