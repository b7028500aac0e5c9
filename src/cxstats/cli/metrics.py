"""`cxstats nps`, `csat` and `ces`: one score, overall or per group."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from cxstats.cli.arguments import add_design, add_files, add_output, add_scale
from cxstats.cli.data import open_data
from cxstats.cli.rendering import (
    describe_excluded,
    minimum_n,
    numbers,
    print_json,
    print_notices,
    shorten,
)
from cxstats.display import format_key, format_value, text_table
from cxstats.engine import Source
from cxstats.metrics import GroupResult, MetricResult, ces, csat, nps
from cxstats.reporting import MinimumN

__all__ = ["add_arguments", "estimate", "run"]

_METRICS: dict[str, Callable[..., MetricResult]] = {
    "nps": nps,
    "csat": csat,
    "ces": ces,
}
_TITLES = {
    "nps": "NPS",
    "nps_like": "NPS-like (not NPS)",
    "csat": "Satisfaction (mean)",
    "ces": "Effort score (mean)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the three metrics take."""
    add_files(parser)
    add_scale(parser)
    add_design(parser)
    add_output(parser)


def estimate(
    options: argparse.Namespace, metric: str, source: Source, by: Sequence[str]
) -> MetricResult:
    """Estimate a metric as the options say, by the columns given."""
    asked: dict[str, Any] = {"scale": options.scale} if options.scale else {}
    return _METRICS[metric](
        source,
        score=options.score,
        by=tuple(by),
        weight=options.weight,
        strata=options.strata,
        cluster=options.cluster,
        missing=tuple(options.missing),
        where=options.where,
        level=options.level,
        engine=options.engine,
        **asked,
    )


def run(options: argparse.Namespace) -> int:
    """Estimate one metric and print it."""
    policy = minimum_n(options.minimum_n)
    data = open_data(options)
    result = estimate(options, options.command, data.source, options.by)
    notices = (*result.warnings, *data.notices)
    if options.json:
        warnings = [notice.to_dict() for notice in notices]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        _print(result, policy)
        print_notices(notices)
    return 0


def _print(result: MetricResult, policy: MinimumN) -> None:
    title = _TITLES.get(result.metric, result.metric)
    print(f"{title}, scale {result.scale}, {result.level:.0%} intervals")
    print()
    rows = [_row(group, policy, result) for group in result.groups]
    headers = [*result.by, title.split(" (")[0], "±", "interval", "n", "n eff."]
    headers += [name.replace("_", " ") for name in _parts(result)]
    print(text_table([*headers, "method"], rows))
    left_out = describe_excluded(result.excluded)
    if left_out:
        print(f"\nleft out: {left_out}")


def _parts(result: MetricResult) -> list[str]:
    # The mean is the metric's own number where it is among the parts.
    return [name for name in result.parts if name != "mean"]


def _row(group: GroupResult, policy: MinimumN, result: MetricResult) -> list[str]:
    keys = [shorten(format_key(value)) for value in group.by.values()]
    estimate = group.estimate
    parts = [group.parts[name] for name in _parts(result)]
    if policy.standing(estimate.n) == "hidden":
        shown = ["too few", "", f"needs {policy.shown}", f"{estimate.n:,}", ""]
        return [*keys, *shown, *("" for _ in parts), ""]
    return [
        *keys,
        *numbers(estimate),
        f"{estimate.n:,}",
        f"{estimate.n_effective:,.0f}",
        *(format_value(part.value, part.unit) for part in parts),
        estimate.method,
    ]
