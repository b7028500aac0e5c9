"""`cxstats monitor`: a score over time, its limits, signals and changes."""

from __future__ import annotations

import argparse
from typing import Any

from cxstats.cli.arguments import (
    add_files,
    add_json,
    add_level,
    add_missing,
    add_rows,
    add_weight,
)
from cxstats.cli.data import open_data
from cxstats.cli.rendering import describe_excluded, print_json, print_notices
from cxstats.engine import Source
from cxstats.errors import InputError
from cxstats.scales import NPS_0_10
from cxstats.trends import ChartDesign, Monitoring, monitor, monitor_rate

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    parser.add_argument("--score", metavar="COL", help="column of scores or answers")
    parser.add_argument("--scale", metavar="0-10", help="scale that was shown")
    add_missing(parser)
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
        choices=("nps", "share", "mean", "rate"),
        default="nps",
        help="what is charted (default nps); rate: rows are events",
    )
    parser.add_argument(
        "--values", nargs="+", default=[], metavar="VALUE", help="answers of the share"
    )
    parser.add_argument(
        "--exposure",
        nargs="+",
        metavar="N",
        help="customers per period of a rate: one number, or DAY=N for each period",
    )
    parser.add_argument(
        "--per", type=float, default=10_000, metavar="N", help="unit of a rate"
    )
    parser.add_argument(
        "--drop", type=float, metavar="D", help="drop whose detection is told"
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
    add_json(parser)
    parser.set_defaults(strata=None, cluster=None, by=[])


def _add_design(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--spread",
        choices=("auto", "sampling", "laney"),
        default="auto",
        help="what widens the limits: sampling error, or movement between periods too",
    )
    parser.add_argument(
        "--season",
        choices=("auto", "keep", "remove"),
        default="auto",
        help="whether limits follow the season (default: a strong one seen 3 times)",
    )
    parser.add_argument(
        "--cusum-limit",
        type=float,
        default=ChartDesign().h,
        metavar="H",
        help="decision limit of the CUSUM in standard deviations (default 4)",
    )
    parser.add_argument("--time-zone", default="UTC", metavar="ZONE", help="whose days")
    add_weight(parser)
    add_rows(parser)
    add_level(parser)


def _watched(options: argparse.Namespace, source: Source) -> Monitoring:
    common: dict[str, Any] = {
        "time": options.time,
        "period": options.period,
        "baseline": tuple(options.baseline) if options.baseline else None,
        "leave_out": options.leave_out,
        "spread": options.spread,
        "design": ChartDesign(h=options.cusum_limit),
        "drop": options.drop,
        "season": options.season,
        "where": options.where,
        "time_zone": options.time_zone,
        "level": options.level,
        "engine": options.engine,
    }
    if options.metric == "rate":
        exposure = _exposure(options.exposure)
        return monitor_rate(source, exposure=exposure, per=options.per, **common)
    if not options.score:
        raise InputError("name the column of scores as --score COL")
    return monitor(
        source,
        score=options.score,
        metric=options.metric,
        values=options.values,
        scale=options.scale or NPS_0_10,
        missing=options.missing,
        weight=options.weight,
        **common,
    )


def _exposure(given: list[str] | None) -> float | dict[str, float]:
    """Read one number, or a number for each period."""
    try:
        if given and len(given) == 1 and "=" not in given[0]:
            return float(given[0])
        pairs = [item.rpartition("=") for item in given or []]
        if pairs:
            return {day: float(number) for day, _, number in pairs}
    except ValueError:
        pass
    raise InputError(
        "a rate needs --exposure: customers per period as one number, or as DAY=N such "
        f"as 2026-05-01=120000 for each period; received {' '.join(given or []) or '-'}"
    )


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    data = open_data(options, options.time)
    result = _watched(options, data.source)
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
