"""What is planted: the parameters every analysis should find again.

Satisfaction is measured in standard deviations. A person's judgement of six
drivers adds up to the latent satisfaction with the weights ``BETA``; a planted
effect shifts one driver (or satisfaction itself) where its condition holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.territory import Territory
from cxstats.simulate.vocabulary import (
    NETWORKS,
    TERMINALS,
    VALUE_TIERS,
    YES_NO,
    plan_names,
)

__all__ = [
    "BETA",
    "BREAK_AFTER",
    "HALO",
    "MODE",
    "OCCASION_NOISE",
    "SPREAD",
    "TROUBLE_GRID",
    "Columns",
    "Effect",
    "person_effects",
    "repair_effect",
    "wave_effect",
]

Columns = Mapping[str, NDArray[Any]]
Mask = NDArray[np.bool_]

BETA = np.array(
    [
        # coverage, speed, price, service, billing, broadband
        [0.45, 0.35, 0.29, 0.21, 0.06, 0.00],
        [0.00, 0.00, 0.32, 0.26, 0.07, 0.52],
        [0.38, 0.28, 0.25, 0.19, 0.06, 0.30],
    ],
    dtype=np.float32,
)
"""Weight of each driver in satisfaction, one row per product."""

HALO = 0.5
"""Share of the general mood in every driver, as a correlation."""

OCCASION_NOISE = 0.5
"""What differs from one answer to the next for no reason we know."""

SPREAD = 1.12
"""Latent satisfaction is divided by this to have a standard deviation near 1."""

MODE = {
    "sms": 0.0,
    "call": 0.30,
    "ivr": 0.10,
    "app": -0.05,
    "wechat": 0.05,
    "chat": 0.0,
}
"""Shift of an answer by the channel in which it is given: people are kinder to
an interviewer's voice."""

TROUBLE_GRID = 9
"""Code of the grid with 5G coverage trouble."""

BREAK_AFTER = 5
"""Coverage is judged worse after this many calls of poor sound, and flat before."""

_PLAN = "畅享99"
_SPEND_FROM, _SPEND_TO = 90.0, 130.0


@dataclass(frozen=True)
class Effect:
    """One planted effect.

    Attributes
    ----------
    code, kind
        Name of the effect and what kind of finding it is.
    driver
        The driver it shifts, or ``"satisfaction"`` for the sum itself.
    shift
        Size in standard deviations of that driver.
    condition
        Where it holds, as a filter over the columns of the response table.
    mask
        The same condition over simulated customers.
    """

    code: str
    kind: str
    driver: str
    shift: float
    condition: str
    mask: Callable[[Columns], Mask]


def person_effects(territory: Territory) -> tuple[Effect, ...]:
    """List the effects that belong to a customer on every occasion."""
    entry = TERMINALS.index("入门机")
    yes = YES_NO.index("是")
    plan = plan_names().index(_PLAN)
    high = VALUE_TIERS.index("高价值")
    return (
        Effect(
            "grid_5g_coverage",
            "slice",
            "coverage",
            -1.9,
            f"a_grid = '{territory.grids[TROUBLE_GRID]}' and a_network = '5G'",
            lambda c: (
                (c["grid"] == TROUBLE_GRID) & (c["network"] == NETWORKS.index("5G"))
            ),
        ),
        Effect(
            "entry_terminal_speed",
            "slice",
            "speed",
            -1.1,
            "a_terminal = '入门机'",
            lambda c: c["terminal"] == entry,
        ),
        Effect(
            "plan_spend_price",
            "slice",
            "price",
            -1.9,
            f"a_plan = '{_PLAN}' and a_arpu >= 90 and a_arpu < 130",
            lambda c: (
                (c["plan"] == plan)
                & (_f(c["arpu"]) >= _SPEND_FROM)
                & (_f(c["arpu"]) < _SPEND_TO)
            ),
        ),
        Effect(
            "poor_sound_break",
            "breakpoint",
            "coverage",
            -1.1,
            f"a_mos_poor_count > {BREAK_AFTER}",
            lambda c: _f(c["mos_poor_count"]) > BREAK_AFTER,
        ),
        Effect(
            "high_value_price",
            "value_inversion",
            "price",
            -1.5,
            "a_value_tier = '高价值'",
            lambda c: c["value_tier"] == high,
        ),
        Effect(
            "complaint_unresolved",
            "recovery",
            "service",
            -2.2,
            "a_complaints_90d >= 1 and a_complaint_resolved = '否'",
            lambda c: (
                (_f(c["complaints_90d"]) >= 1)
                & (c["complaint_resolved"] == YES_NO.index("否"))
            ),
        ),
        Effect(
            "complaints_recovered",
            "recovery_paradox",
            "service",
            2.6,
            "a_complaints_90d >= 2 and a_complaint_resolved = '是'",
            lambda c: (
                (_f(c["complaints_90d"]) >= 2)  # noqa: PLR2004 - several
                & (c["complaint_resolved"] == yes)
            ),
        ),
        Effect(
            "overage_billing",
            "slice",
            "billing",
            -1.0,
            "a_overage > 0",
            lambda c: _f(c["overage"]) > 0,
        ),
    )


def wave_effect(territory: Territory, second_wave: str) -> Effect:
    """Describe what the second wave finds changed: better service in one region."""
    return Effect(
        "service_programme",
        "wave_change",
        "service",
        1.6,
        f"stream = 'relationship' and wave = '{second_wave}' "
        f"and a_region = '{territory.regions[1]}'",
        lambda c: c["region"] == 1,
    )


def repair_effect(territory: Territory) -> Effect:
    """Describe the intervention in broadband repair in one region.

    It holds from the period's change day on; the date stands beside it in the
    truth.
    """
    return Effect(
        "repair_promise",
        "intervention",
        "satisfaction",
        0.75,
        f"touchpoint = 'TP_BB_REPAIR' and a_region = '{territory.regions[0]}'",
        lambda c: c["region"] == 0,
    )


def _f(values: NDArray[Any]) -> NDArray[np.float32]:
    # A missing count is NaN: every comparison with it is false, as in a filter.
    return values.astype(np.float32)
