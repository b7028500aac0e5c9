"""The answer of uplift: every score with its spread over folds, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy

from cxstats.charts.experiments import qini_chart
from cxstats.display import notice_lines, text_table
from cxstats.estimates import Floats, Notice, json_number, json_value
from cxstats.experiments.learners import UpliftModel
from cxstats.experiments.qini import DEFINITIONS
from cxstats.models import Rows
from cxstats.results import Result

__all__ = ["Scorer", "UpliftResult"]


@dataclass(frozen=True)
class Scorer:
    """How well one score ranked customers it was not fitted on.

    Parameters
    ----------
    name
        A learner, ``rule`` or ``random``.
    folds, at_top
        Qini and uplift among the best ranked, per fold.
    noise
        Standard deviation over folds of the Qini of random scores.
    """

    name: str
    folds: tuple[float, ...]
    at_top: tuple[float, ...]
    noise: float

    @property
    def qini(self) -> float:
        """Mean Qini over the folds."""
        return float(np.mean(self.folds))

    @property
    def spread(self) -> float:
        """Standard deviation of the Qini over the folds."""
        return float(np.std(self.folds, ddof=1))

    @property
    def is_reliable(self) -> bool:
        """Whether the mean stands out from its folds and from random scores."""
        few = float(scipy.stats.t.ppf(0.975, len(self.folds) - 1))
        return self.qini > max(few * self.spread, 2 * self.noise)

    def to_dict(self) -> dict[str, Any]:
        """Return means and spreads for JSON."""
        return {
            "name": self.name,
            "qini": json_number(self.qini),
            "qini_spread": json_number(self.spread),
            "uplift_at_top": json_number(float(np.mean(self.at_top))),
            "uplift_at_top_spread": json_number(float(np.std(self.at_top, ddof=1))),
            "is_reliable": self.is_reliable,
        }


@dataclass(frozen=True, eq=False, repr=False)
class UpliftResult(Result):
    """Whether customers respond differently, and by which score they are told apart.

    Parameters
    ----------
    outcome, arm, control
        What was measured, in which two arms.
    n, effect
        Customers, and the effect as a whole (a difference of shares).
    folds, repeats, top
        How scores were judged.
    scorers
        Learners, the rule and random targeting.
    verdict
        ``no_reliable_heterogeneity``, ``rule_suffices`` or ``model_helps``.
    best
        The score to use; None if there is none.
    curves
        Points of the Qini curves.
    model
        The best learner fitted on everyone; None unless a model helps.
    warnings
        What the reader must know.
    """

    outcome: str
    arm: Any
    control: Any
    n: int
    effect: float
    folds: int
    repeats: int
    top: float
    scorers: tuple[Scorer, ...]
    verdict: str
    best: str | None
    curves: tuple[dict[str, Any], ...]
    model: UpliftModel | None
    warnings: tuple[Notice, ...]

    def predict(self, customers: pd.DataFrame) -> Floats | None:
        """Give each customer's expected uplift, in order; None without a model."""
        return None if self.model is None else self.model.predict(Rows(customers))

    def to_dict(self) -> dict[str, Any]:
        """Return every score, the verdict, and which Qini is meant."""
        return {
            "outcome": self.outcome,
            "arm": json_value(self.arm),
            "control": json_value(self.control),
            "n": self.n,
            "effect": self.effect,
            "qini_definition": DEFINITIONS["qini_auc"],
            "folds": self.folds,
            "repeats": self.repeats,
            "top": self.top,
            "scores": [scorer.to_dict() for scorer in self.scorers],
            "verdict": self.verdict,
            "best": self.best,
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per score."""
        return pd.DataFrame([scorer.to_dict() for scorer in self.scorers])

    def chart(self) -> Any:
        """Draw the Qini curves.

        Returns
        -------
        altair.Chart
        """
        title = f"Additional {self.outcome} by customers targeted"
        return qini_chart(self.curves, title=title)

    def __str__(self) -> str:
        """Write the scores with their spread and the verdict."""
        rows = [
            [
                scorer.name,
                f"{scorer.qini:.4f}",
                f"{scorer.spread:.4f}",
                f"{np.mean(scorer.at_top):.4f}",
            ]
            for scorer in self.scorers
        ]
        headers = ["score", "Qini", "± over folds", f"uplift in best {self.top:.0%}"]
        lines = [
            f"uplift of {self.outcome}, n {self.n:,}, effect {self.effect:+.4f}",
            text_table(headers, rows),
            f"Qini: {DEFINITIONS['qini_auc']}",
            f"verdict: {self.verdict}",
        ]
        lines += notice_lines(self.warnings)
        return "\n".join(lines)
