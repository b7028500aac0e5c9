"""Customers: who they are, what they hold, use, pay and suffer.

Six correlated normal traits (a Gaussian copula: age, tenure, means, voice, data,
mood) are turned into the fields an operator knows, and structural equations tie
the rest: poor signal breeds dropped calls, dropped calls breed complaints.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxstats.simulate.draws import BLOCK, generator, pick, sigmoid
from cxstats.simulate.effects import TROUBLE_GRID
from cxstats.simulate.territory import GRID_KINDS
from cxstats.simulate.vocabulary import NETWORKS, PLANS, PRODUCTS, TERMINALS
from cxstats.simulate.world import World

__all__ = ["TRAIT_CORRELATION", "Customers", "draw_customers"]

Customers = dict[str, NDArray[Any]]
Floats = NDArray[np.float32]

TRAIT_CORRELATION = np.array(
    [
        # age, tenure, means, voice, data, mood
        [1.00, 0.45, 0.10, 0.20, -0.45, 0.35],
        [0.45, 1.00, 0.20, 0.10, -0.10, 0.00],
        [0.10, 0.20, 1.00, 0.35, 0.40, 0.00],
        [0.20, 0.10, 0.35, 1.00, 0.15, 0.00],
        [-0.45, -0.10, 0.40, 0.15, 1.00, -0.05],
        [0.35, 0.00, 0.00, 0.00, -0.05, 1.00],
    ]
)
_ROOT = np.linalg.cholesky(TRAIT_CORRELATION).astype(np.float32)
_AGE_EDGES = (26, 36, 46, 56, 66)
_VALUE_EDGES = np.array([[60, 130], [60, 100], [140, 190]], dtype=np.float32)
_PLAN_FEE = np.array([plan.fee for plan in PLANS], dtype=np.float32)
_PLAN_GB = np.array([plan.allowance_gb for plan in PLANS], dtype=np.float32)
_FIRST_PLAN = np.array([0, 5, 8], dtype=np.int8)
_MOBILE, _BROADBAND, _FUSION = range(3)
_NOTHING = np.int8(-1)
_BROADBAND_ALONE, _OVERAGE_ALLOWED, _LONG_TAIL, _CONSENT = 0.12, 0.7, 0.02, 0.94


def draw_customers(world: World, block: int, n: int = BLOCK) -> Customers:
    """Draw the first ``n`` customers of a block as one array per field.

    Fields that do not apply hold -1 (codes) or NaN (numbers): a customer with
    fixed broadband alone has no handset, no calls and no mobile data.
    """
    rng = generator(world.seed, "people", block)
    traits = rng.standard_normal((BLOCK, 6), dtype=np.float32) @ _ROOT.T
    z = {
        name: np.ascontiguousarray(traits[:, at])
        for at, name in enumerate(("age", "tenure", "means", "voice", "data", "mood"))
    }
    c: Customers = {"mood": z["mood"]}
    _place(c, world, rng)
    _person(c, z)
    _holdings(c, z, rng)
    _usage(c, z, rng)
    _spend(c, rng)
    _network(c, z, world, rng)
    _service(c, z, rng)
    _standing(c, z, rng)
    return {name: values[:n] for name, values in c.items()}


def _place(c: Customers, world: World, rng: np.random.Generator) -> None:
    t = world.territory
    edges = np.cumsum(t.grid_share)[:-1]
    grid = np.searchsorted(edges, rng.random(BLOCK), side="right").astype(np.int16)
    c["grid"] = grid
    c["district"] = t.grid_district[grid]
    c["city"] = t.grid_city[grid]
    c["region"] = t.grid_region[grid]
    c["kind"] = t.grid_kind[grid]


def _person(c: Customers, z: dict[str, Floats]) -> None:
    age = np.clip(np.round(43 + 15 * z["age"]), 18, 88).astype(np.int16)
    band = np.searchsorted(_AGE_EDGES, age, side="right").astype(np.int8)
    c["age"] = age
    c["age_band"] = band
    c["age_group"] = (band // 2).astype(np.int8)
    # One in seven joined in the last fifteen months, some twenty years ago, nobody
    # before the sixteenth birthday.
    rank = sigmoid(1.702 * z["tenure"])
    months = np.floor(1 + 239 * rank**1.4)
    c["tenure_months"] = np.minimum(months, (age - 16) * 12).astype(np.int16)


def _holdings(c: Customers, z: dict[str, Floats], rng: np.random.Generator) -> None:
    middle = np.exp(-(z["age"] ** 2))
    fusion = sigmoid(-0.9 + 0.45 * z["means"] + 0.6 * middle)
    u = rng.random(BLOCK, dtype=np.float32)
    product = np.where(u < _BROADBAND_ALONE, _BROADBAND, _MOBILE)
    rest = (u - _BROADBAND_ALONE) / (1 - _BROADBAND_ALONE)
    product[(rest >= 0) & (rest < fusion)] = _FUSION
    c["product"] = product.astype(np.int8)
    wish = 0.8 * z["means"] + 0.6 * rng.standard_normal(BLOCK, dtype=np.float32)
    c["plan"] = _plan(product, sigmoid(1.702 * wish))
    handset = 0.65 * z["means"] - 0.3 * z["age"]
    handset += 0.75 * rng.standard_normal(BLOCK, dtype=np.float32)
    terminal = np.searchsorted((-1.65, -0.6, 0.6), handset).astype(np.int8)
    modern = 0.5 + 0.6 * z["means"] - 0.3 * z["age"]
    modern -= 0.6 * (c["kind"] == GRID_KINDS.index("农村"))
    has_5g = rng.random(BLOCK, dtype=np.float32) < sigmoid(modern)
    has_5g &= terminal != TERMINALS.index("功能机")
    fixed = product == _BROADBAND
    c["terminal"] = np.where(fixed, _NOTHING, terminal)
    network = np.where(has_5g, NETWORKS.index("5G"), NETWORKS.index("4G"))
    c["network"] = np.where(fixed, NETWORKS.index("光纤"), network).astype(np.int8)
    c["home_broadband"] = (product != _MOBILE).astype(np.int8)


def _plan(product: NDArray[np.integer], rank: NDArray[np.floating]) -> NDArray[np.int8]:
    plan = np.empty(len(product), dtype=np.int8)
    for code in range(len(PRODUCTS)):
        held = product == code
        shares = [p.share for p in PLANS if p.product == code]
        local = np.searchsorted(np.cumsum(shares)[:-1], rank[held], side="right")
        plan[held] = _FIRST_PLAN[code] + local
    return plan


def _usage(c: Customers, z: dict[str, Floats], rng: np.random.Generator) -> None:
    fixed = c["product"] == _BROADBAND
    has_5g = c["network"] == NETWORKS.index("5G")
    noise = rng.standard_normal((2, BLOCK), dtype=np.float32)
    data = np.exp(2.2 + 0.9 * z["data"] + 0.3 * has_5g + 0.4 * noise[0])
    voice = np.exp(4.9 + 0.9 * z["voice"] + 0.3 * noise[1])
    data = np.where(c["terminal"] == TERMINALS.index("功能机"), data * 0.02, data)
    c["dou"] = _unless(fixed, np.round(np.minimum(data, 2_000), 2))
    c["mou"] = _unless(fixed, np.round(np.minimum(voice, 9_000), 1))
    quiet = rng.random(BLOCK) < sigmoid(-1.5 - 0.7 * z["voice"] - 0.5 * z["data"])
    days = np.minimum(np.ceil(rng.exponential(6, BLOCK)), 60)
    c["silent_days"] = _unless(fixed, np.where(quiet, days, 0))


def _spend(c: Customers, rng: np.random.Generator) -> None:
    plan = c["plan"].astype(np.int8)
    used = np.nan_to_num(c["dou"].astype(np.float32))
    over = np.maximum(used - _PLAN_GB[plan], 0)
    allowed = rng.random(BLOCK, dtype=np.float32) < _OVERAGE_ALLOWED
    fee = np.minimum(np.round(np.where(allowed, over * 3, 0), 2), 500)
    c["overage"] = _unless(c["product"] == _BROADBAND, fee)
    paid = _PLAN_FEE[plan] * (0.72 + 0.28 * rng.random(BLOCK, dtype=np.float32))
    # One customer in fifty also pays for roaming, hardware or content: a long tail.
    extra = 40 * (rng.pareto(1.8, BLOCK) + 1)
    tail = np.where(rng.random(BLOCK) < _LONG_TAIL, extra, 0)
    fee = np.where(c["product"] == _BROADBAND, 0, fee)
    arpu = np.round(paid + fee + np.minimum(tail, 3_000), 2).astype(np.float32)
    c["arpu"] = arpu
    edges = _VALUE_EDGES[c["product"].astype(np.int8)]
    c["value_tier"] = (arpu[:, None] >= edges).sum(axis=1).astype(np.int8)


def _network(
    c: Customers, z: dict[str, Floats], world: World, rng: np.random.Generator
) -> None:
    fixed = c["product"] == _BROADBAND
    trouble = (c["grid"] == TROUBLE_GRID) & (c["network"] == NETWORKS.index("5G"))
    bad = -world.grid_signal[c["grid"].astype(np.int16)] + 0.5 * trouble
    bad += 0.35 * (c["terminal"] == TERMINALS.index("入门机"))
    bad += 0.6 * rng.standard_normal(BLOCK, dtype=np.float32)
    poor = rng.poisson(np.exp(0.75 + 0.8 * bad + 0.3 * z["voice"]))
    drops = rng.poisson(np.exp(-0.4 + 0.7 * bad + 0.35 * z["voice"]))
    c["signal_trouble"] = bad
    c["mos_poor_count"] = _unless(fixed, np.minimum(poor, 400))
    c["drop_count"] = _unless(fixed, np.minimum(drops, 200))


def _service(c: Customers, z: dict[str, Floats], rng: np.random.Generator) -> None:
    trouble = np.clip(c["signal_trouble"].astype(np.float32), -1, 2)
    over = c["overage"].astype(np.float32) > 0
    # A gamma mixture of Poissons: most never complain, a few complain often.
    rate = np.exp(-2.1 + 0.25 * trouble + 0.4 * over)
    count = np.minimum(rng.poisson(rate * rng.gamma(0.5, 2.0, BLOCK)), 30)
    resolved = rng.random(BLOCK) < np.where(count > 1, 0.85, 0.6)
    c["complaints_90d"] = count.astype(np.float32)
    c["complaint_resolved"] = np.where(count > 0, resolved, _NOTHING).astype(np.int8)
    late = rng.random(BLOCK) < sigmoid(-3.0 - 0.6 * z["means"])
    c["arrears"] = late.astype(np.int8)


def _standing(c: Customers, z: dict[str, Floats], rng: np.random.Generator) -> None:
    rank = 0.6 * z["tenure"] + 0.6 * z["means"]
    rank += 0.5 * rng.standard_normal(BLOCK, dtype=np.float32)
    star = np.searchsorted((-0.7, -0.1, 0.45, 1.0, 1.6), rank)
    c["star"] = star.astype(np.int8)
    c["consent"] = (rng.random(BLOCK) < _CONSENT).astype(np.int8)
    c["language"] = pick(rng, (0.955, 0.025, 0.02), BLOCK)


def _unless(absent: NDArray[np.bool_], values: NDArray[np.generic]) -> Floats:
    return np.where(absent, np.nan, values).astype(np.float32)
