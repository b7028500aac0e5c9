"""`cxstats nps`, `csat` and `ces`: one score, overall or per group."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from cxstats.cli.arguments import add_design, add_files, add_output, add_scale
from cxstats.cli.data import open_data
from cxstats.cli.rendering import minimum_n, print_json, print_notices, print_result
from cxstats.metrics import MetricResult, ces, csat, nps

__all__ = ["add_commands"]

_METRICS: dict[str, tuple[Callable[..., MetricResult], str]] = {
    "nps": (nps, "Net Promoter Score of a 0-10 question (--scale 1-10: nps_like)"),
    "csat": (csat, "satisfaction: mean, top box and share satisfied"),
    "ces": (ces, "customer effort: mean and share that agrees it was easy"),
}


def add_commands(commands: Any) -> None:
    """Add the three metrics to the command line."""
    for name, (_, text) in _METRICS.items():
        parser = commands.add_parser(name, help=text, description=text)
        add_files(parser)
        add_scale(parser)
        add_design(parser)
        add_output(parser)
        parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    policy = minimum_n(options.minimum_n)
    data = open_data(options)
    metric, _ = _METRICS[options.command]
    asked = {"scale": options.scale} if options.scale else {}
    result = metric(
        data.source,
        score=options.score,
        by=tuple(options.by),
        weight=options.weight,
        strata=options.strata,
        cluster=options.cluster,
        missing=tuple(options.missing),
        where=options.where,
        level=options.level,
        engine=options.engine,
        **asked,
    )
    notices = (*result.warnings, *data.notices)
    if options.json:
        warnings = [notice.to_dict() for notice in notices]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        print_result(result, policy)
        print_notices(notices)
    return 0
