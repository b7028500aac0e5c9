"""What the reader of a score must know about the data behind it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cxstats.aggregates import ScoreCells
from cxstats.estimates import Estimates, Notice
from cxstats.reporting import DEFAULT_POLICY
from cxstats.scales import Scale
from cxstats.weighting import weight_diagnostics

__all__ = ["common_notices", "scale_notices"]

MANY_ANSWERS = 300
"""If 1 in 100 chose 0, this many answers show no 0 with a probability below 5 %."""

FLOOR_ANSWERS = 5
"""With as many 0s as 1s, this many 1s come without a 0 with probability 1 in 32."""

CODES = (-9, -8, -1, 0, 11, 12, 66, 77, 88, 96, 97, 98, 99, 888, 998, 999, 9999)
"""Numbers that survey tools write where there is no answer."""

NOTABLE_SHARE = 0.01
HEAVY_KISH = 2.0
FEW_UNITS = 10


def scale_notices(cells: ScoreCells, scale: Scale) -> list[Notice]:
    """Say that the scale is not the Net Promoter scale, or does not look like it."""
    if not scale.is_nps:
        low, high = scale.cuts()
        return [
            Notice(
                "scale",
                f"this is not Net Promoter Score: the scale is {scale} with detractors "
                f"up to {low} and promoters from {high}, so the number is named "
                "nps_like and must not be compared with NPS on 0-10",
            )
        ]
    counts = cells.values()
    answers, floor = sum(counts.values()), counts.get(1.0, 0)
    if counts.get(0.0, 0) or (answers < MANY_ANSWERS and floor < FLOOR_ANSWERS):
        return []
    seen = f", but {floor:,} times 1" if floor else ""
    return [
        Notice(
            "scale",
            f"this column looks like 1-10, not 0-10: among {answers:,} answers there "
            f"is no 0{seen} (a notice is given without any 0 from "
            f"{MANY_ANSWERS} answers or from {FLOOR_ANSWERS} ones on, because on 0-10 "
            "people who choose the lowest point choose 0); on a 1-10 question the "
            "result is not NPS: say the scale is 1-10 to get it as nps_like",
        )
    ]


def common_notices(cells: ScoreCells, estimates: Estimates) -> list[Notice]:
    """Collect the notices that every metric gives."""
    found = [
        _empty(estimates),
        _small_n(estimates),
        _weights(cells),
        _place(cells, "stratum", "strata"),
        _place(cells, "cluster", "clusters"),
        _few_clusters(cells),
        _text(cells),
        *_codes(cells),
    ]
    return [notice for notice in found if notice is not None]


def _empty(estimates: Estimates) -> Notice | None:
    if estimates.n.sum():
        return None
    return Notice(
        "empty", "there is no valid answer; look at what was left out and why"
    )


def _small_n(estimates: Estimates) -> Notice | None:
    policy = DEFAULT_POLICY
    hidden = int(((estimates.n > 0) & (estimates.n < policy.shown)).sum())
    grey = int(((estimates.n >= policy.shown) & (estimates.n < policy.ranked)).sum())
    if not hidden and not grey:
        return None
    parts = []
    if hidden:
        parts.append(
            f"{_groups(hidden, estimates)} fewer than {policy.shown} answers: list "
            "them, do not report a score"
        )
    if grey:
        parts.append(
            f"{_groups(grey, estimates)} {policy.shown} to {policy.ranked - 1} "
            "answers: show the interval, do not rank"
        )
    return Notice("small_n", "; ".join(parts))


def _groups(count: int, estimates: Estimates) -> str:
    verb = "has" if count == 1 else "have"
    return f"{count} of {len(estimates)} groups {verb}"


def _weights(cells: ScoreCells) -> Notice | None:
    if not cells.is_weighted:
        return None
    parts = []
    weights = weight_diagnostics(cells)
    if weights.without_weight:
        parts.append(
            f"{weights.without_weight:,} answers have no usable weight (missing, zero, "
            "negative or infinite) and were left out"
        )
    if weights.kish >= HEAVY_KISH:
        parts.append(
            f"the weights are so unequal that {weights.n:,} answers are worth only "
            f"{weights.n_effective:,.0f} (Kish effect {weights.kish:.1f}); consider "
            "trimming them"
        )
    return Notice("weights", "; ".join(parts)) if parts else None


def _place(cells: ScoreCells, name: str, kind: str) -> Notice | None:
    lost = cells.excluded.get(f"no_{name}", 0)
    if not lost:
        return None
    return Notice(kind, f"{lost:,} answers have no {name} and were left out")


def _few_clusters(cells: ScoreCells) -> Notice | None:
    if not cells.has_clusters:
        return None
    keys = ["stratum", "cluster"] if cells.has_strata else ["cluster"]
    weights = cells.numbers("w") > 0
    units = cells.table.filter(weights).select(keys).group_by(keys).aggregate([])
    if units.num_rows >= FEW_UNITS:
        return None
    return Notice(
        "clusters",
        f"only {units.num_rows} clusters were sampled; with fewer than {FEW_UNITS} the "
        "standard error itself is uncertain, and with one there is none",
    )


def _text(cells: ScoreCells) -> Notice | None:
    count = cells.excluded.get("not_a_number", 0)
    if not count:
        return None
    return Notice(
        "not_a_number",
        f"{count:,} answers are text that is not a plain number; if they mean 'no "
        "answer', name them as missing",
    )


def _codes(cells: ScoreCells) -> Iterable[Notice]:
    outside = cells.values("out_of_range")
    total = float(np.sum(cells.numbers("n")))
    for value, count in outside.items():
        if value in CODES or count >= NOTABLE_SHARE * total:
            yield Notice(
                "missing_code",
                f"{value:g} occurs {count:,} times outside the scale and was left out; "
                f"if it means 'no answer', name it as missing ({value:g})",
            )
