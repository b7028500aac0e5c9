"""What the reader of an experiment must know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy

from cxstats.display import format_key
from cxstats.estimates import Notice
from cxstats.experiments.effects import Effect
from cxstats.experiments.moments import Moments
from cxstats.experiments.sample_ratio import SampleRatio
from cxstats.reporting import DEFAULT_POLICY

__all__ = ["experiment_notices"]

_NOTABLE = 0.01


def experiment_notices(
    arms: Mapping[Any, Moments],
    ratio: SampleRatio,
    segments: tuple[Effect, ...],
    *,
    blocked: bool,
) -> list[Notice]:
    """Collect what weakens the comparison of the arms."""
    found = [
        _ratio(ratio, blocked=blocked),
        _loss(arms),
        _small(arms),
        _flat(arms),
        _segments(segments),
    ]
    return [notice for notice in found if notice is not None]


def _ratio(ratio: SampleRatio, *, blocked: bool) -> Notice | None:
    if ratio.verdict == "ok":
        return None
    counts = ", ".join(f"{format_key(arm)} {n:,}" for arm, n in ratio.counts.items())
    effect = "no effect is given" if blocked else "effects may be wrong"
    return Notice(
        "sample_ratio",
        f"the arms ({counts}) do not have their planned sizes (p = {ratio.p:.2g}): "
        f"customers were lost or doubled in one of them, so {effect}; find out why",
    )


def _loss(arms: Mapping[Any, Moments]) -> Notice | None:
    """Test whether outcomes are missing more often in one arm."""
    counts = np.array([[m.n, m.rows - m.n] for m in arms.values()])
    missing = counts[:, 1].sum()
    if not missing or not counts[:, 0].sum():
        return None
    planned = counts.sum(1)[:, None] * counts.sum(0)[None, :] / counts.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.where(planned > 0, (counts - planned) ** 2 / planned, 0.0)
    p = float(scipy.stats.chi2.sf(parts.sum(), len(arms) - 1))
    share = f"{int(missing):,} of {int(counts.sum()):,} customers have no outcome"
    if p < _NOTABLE:
        return Notice(
            "attrition",
            f"{share}, and not equally in all arms (p = {p:.2g}): those who are left "
            "are no longer comparable; compare by an outcome that is known for all",
        )
    return Notice("missing_outcome", f"{share} and were left out, in all arms alike")


def _small(arms: Mapping[Any, Moments]) -> Notice | None:
    small = [arm for arm, m in arms.items() if m.n < DEFAULT_POLICY.ranked]
    if not small:
        return None
    names = ", ".join(format_key(arm) for arm in small[:5])
    return Notice(
        "small_n",
        f"fewer than {DEFAULT_POLICY.ranked} outcomes in {names}: only very large "
        "effects can be seen",
    )


def _flat(arms: Mapping[Any, Moments]) -> Notice | None:
    if any(m.n and m.variance(0) > 0 for m in arms.values()):
        return None
    return Notice("no_variance", "the outcome does not vary, so no effect can be seen")


def _segments(segments: tuple[Effect, ...]) -> Notice | None:
    if not segments:
        return None
    return Notice(
        "segments",
        f"{len(segments)} effects within segments were compared together; read q, not "
        "p, and repeat the experiment before acting on one segment",
    )
