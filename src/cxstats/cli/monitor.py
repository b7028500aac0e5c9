"""`cxstats monitor`: a score over time, its limits, signals and changes."""

from __future__ import annotations

import argparse

from cxstats.cli.arguments import add_files, add_scale
from cxstats.cli.data import open_data
from cxstats.cli.rendering import describe_excluded, print_json, print_notices
from cxstats.scales import NPS_0_10
from cxstats.trends import ChartDesign, monitor

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    add_scale(parser)
    parser.add_argument(
        "--time", required=True, metavar="COL", help="column of dates or times"
    )
    parser.add_argument(
        "--period",
        choices=("day", "week", "month", "quarter", "year", "value"),
        default="month",
        help="length of a period (default month); value: each value of the column",
    )
    parser.add_argument(
        "--metric",
        choices=("nps", "share", "mean"),
        default="nps",
        help="what is charted (default nps)",
    )
    parser.add_argument(
        "--values", nargs="+", default=[], metavar="VALUE", help="answers of the share"
    )
    parser.add_argument(
        "--baseline", nargs=2, metavar="DAY", help="first and last day of the baseline"
    )
    parser.add_argument(
        "--leave-out",
        nargs="+",
        default=[],
        metavar="DAY",
        help="days of periods with a known cause, kept out of the baseline",
    )
    _add_design(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, all numbers")
    parser.set_defaults(strata=None, cluster=None, by=[])


def _add_design(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--spread",
        choices=("auto", "sampling", "laney"),
        default="auto",
        help="what widens the limits: sampling error, or movement between periods too",
    )
    parser.add_argument(
        "--cusum-limit",
        type=float,
        default=ChartDesign().h,
        metavar="H",
        help="decision limit of the CUSUM in standard deviations (default 4)",
    )
    parser.add_argument("--time-zone", default="UTC", metavar="ZONE", help="whose days")
    parser.add_argument("--weight", metavar="COL", help="column of weights")
    parser.add_argument("--where", metavar="EXPR", help='rows to keep: "fee > 0"')
    parser.add_argument("--engine", metavar="URL", help="where to compute")
    parser.add_argument(
        "--level",
        type=float,
        default=0.95,
        metavar="P",
        help="confidence level between 0 and 1 (default 0.95)",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    data = open_data(options, options.time)
    result = monitor(
        data.source,
        score=options.score,
        time=options.time,
        period=options.period,
        metric=options.metric,
        values=options.values,
        scale=options.scale or NPS_0_10,
        missing=options.missing,
        baseline=tuple(options.baseline) if options.baseline else None,
        leave_out=options.leave_out,
        spread=options.spread,
        design=ChartDesign(h=options.cusum_limit),
        weight=options.weight,
        where=options.where,
        time_zone=options.time_zone,
        level=options.level,
        engine=options.engine,
    )
    if options.json:
        warnings = [n.to_dict() for n in (*result.warnings, *data.notices)]
        print_json({**result.to_dict(), "warnings": warnings})
        return 0
    print(result)
    left_out = describe_excluded(result.excluded)
    if left_out:
        print(f"left out: {left_out}")
    print_notices(data.notices)
    return 0
