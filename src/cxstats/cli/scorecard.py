"""`cxstats scorecard`: people, departments or grids compared fairly."""

from __future__ import annotations

import argparse
import re

from cxstats.cli.arguments import (
    add_files,
    add_output,
    add_rows,
    add_scale,
    add_weight,
)
from cxstats.cli.data import open_data
from cxstats.cli.rendering import (
    describe_excluded,
    minimum_n,
    print_json,
    print_notices,
)
from cxstats.scorecards import scorecard

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    add_scale(parser)
    parser.add_argument(
        "--unit", required=True, metavar="COL", help="column of units to compare"
    )
    parser.add_argument(
        "--adjust",
        default="",
        metavar="COL,...",
        help="columns of the mix of customers that units did not choose",
    )
    parser.add_argument(
        "--adjust-method",
        choices=("model", "direct"),
        default="model",
        help="effects of the columns, or standardisation (default model)",
    )
    parser.add_argument(
        "--target", type=float, metavar="N", help="score that units are held to"
    )
    parser.add_argument(
        "--metric", choices=("nps", "mean"), default="nps", help="default nps"
    )
    parser.add_argument(
        "--method",
        choices=("reml", "pm", "dl", "ml"),
        default="reml",
        help="how the variance between units is estimated (default reml)",
    )
    add_weight(parser)
    add_rows(parser)
    add_output(parser)
    parser.set_defaults(strata=None, cluster=None, by=[])


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    adjust = [name.strip() for name in re.split("[,，]", options.adjust)]
    adjust = [name for name in adjust if name]
    options.by = [options.unit, *adjust]
    policy = minimum_n(options.minimum_n)
    data = open_data(options)
    result = scorecard(
        data.source,
        unit=options.unit,
        score=options.score,
        metric=options.metric,
        adjust=adjust,
        adjust_method=options.adjust_method,
        target=options.target,
        weight=options.weight,
        method=options.method,
        scale=options.scale,
        missing=options.missing,
        where=options.where,
        minimum=policy,
        level=options.level,
        engine=options.engine,
    )
    if options.json:
        found = result.to_dict()
        found["warnings"] += [notice.to_dict() for notice in data.notices]
        print_json(found)
        return 0
    print(result)
    left_out = describe_excluded(result.about.excluded)
    if left_out:
        print(f"left out: {left_out}")
    print_notices(data.notices)
    return 0
