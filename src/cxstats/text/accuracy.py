"""How often a model is right, always with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.estimates import Estimate, Floats
from cxstats.intervals import wilson_interval

__all__ = ["Accuracy", "measure_accuracy", "share_of"]

_DRAWS = 2_000


@dataclass(frozen=True)
class Accuracy:
    """How a model does on texts that it was not trained on.

    Parameters
    ----------
    n
        Labelled texts that were predicted by a model that had not seen them.
    accuracy
        Share predicted right, as `Estimate` with a Wilson interval.
    macro_f1
        Mean F1 of both classes, which no majority can flatter; its interval by
        2,000 draws from the table of hits and misses.
    decided
        Share of texts sure enough to decide.
    accuracy_decided
        Share right among the decided.
    certainty
        Probability from which on a text was decided.
    """

    n: int
    accuracy: Estimate
    macro_f1: Estimate
    decided: Estimate
    accuracy_decided: Estimate
    certainty: float

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers for JSON."""
        return {
            "n": self.n,
            "accuracy": self.accuracy.to_dict(),
            "macro_f1": self.macro_f1.to_dict(),
            "decided": self.decided.to_dict(),
            "accuracy_decided": self.accuracy_decided.to_dict(),
            "certainty": self.certainty,
        }

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Accuracy:
        """Read what `to_dict` gave."""
        estimates = {
            name: Estimate(unit="share", **made[name])
            for name in ("accuracy", "macro_f1", "decided", "accuracy_decided")
        }
        return cls(n=made["n"], certainty=made["certainty"], **estimates)

    def __str__(self) -> str:
        """Write the accuracy with its interval."""
        return (
            f"right in {_percent(self.accuracy)} of {self.n:,} unseen texts; "
            f"macro-F1 {_percent(self.macro_f1)}; "
            f"{_percent(self.accuracy_decided)} where it decides "
            f"({self.decided.value:.0%} of texts)"
        )


def _percent(e: Estimate) -> str:
    return f"{e.value:.1%} ({e.lower:.1%} to {e.upper:.1%})"


def share_of(count: float, n: int, level: float = 0.95) -> Estimate:
    """Return a share with its Wilson interval; NaN where n is 0."""
    value = count / n if n else float("nan")
    lower, upper = wilson_interval(count, n, level)
    return Estimate(
        value=value,
        unit="share",
        std_error=float(np.sqrt(value * (1 - value) / n)) if n else float("nan"),
        lower=float(lower),
        upper=float(upper),
        level=level,
        n=n,
        n_effective=float(n),
        method="wilson",
    )


def measure_accuracy(
    probability: Floats,
    positive: npt.NDArray[np.bool_],
    certainty: float,
    level: float = 0.95,
) -> Accuracy:
    """Compare predicted probabilities with the truth.

    Parameters
    ----------
    probability
        Predicted probability of the positive class, by a model that has not seen
        the text.
    positive
        Whether it is positive.
    certainty
        Texts whose likelier class has at least this probability are decided.
    level
        Level of the intervals.
    """
    right = (probability >= 0.5) == positive  # noqa: PLR2004 - the likelier class
    sure = np.maximum(probability, 1 - probability) >= certainty
    n, decided = len(right), int(sure.sum())
    return Accuracy(
        n=n,
        accuracy=share_of(int(right.sum()), n, level),
        macro_f1=_macro_f1(right, positive, level),
        decided=share_of(decided, n, level),
        accuracy_decided=share_of(int(right[sure].sum()), decided, level),
        certainty=certainty,
    )


def _macro_f1(
    right: npt.NDArray[np.bool_], positive: npt.NDArray[np.bool_], level: float
) -> Estimate:
    n = len(right)
    table = np.bincount(2 * positive + right, minlength=4)
    value = float(_f1(table[None, :])[0])
    draws = np.random.default_rng(0).multinomial(n, table / max(n, 1), _DRAWS)
    sampled = _f1(draws)
    spread = float(np.std(sampled))
    tail = (1 - level) / 2
    lower, upper = np.quantile(sampled, [tail, 1 - tail]).tolist()
    return Estimate(value, "share", spread, lower, upper, level, n, n, "bootstrap")


def _f1(tables: npt.NDArray[np.int64]) -> Floats:
    """Mean F1 of both classes from counts: missed and hit negatives, then positives."""
    wrong_negative, true_negative, wrong_positive, true_positive = tables.T
    wrong = wrong_negative + wrong_positive
    with np.errstate(invalid="ignore"):
        up = 2 * true_positive / (2 * true_positive + wrong)
        down = 2 * true_negative / (2 * true_negative + wrong)
    return np.asarray((np.nan_to_num(up) + np.nan_to_num(down)) / 2, dtype=float)
