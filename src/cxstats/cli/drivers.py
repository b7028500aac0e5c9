"""`cxstats drivers`: which experiences explain the outcome, and how surely."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cxstats.cli.arguments import add_files
from cxstats.cli.data import file_notices, open_files
from cxstats.cli.rendering import print_json, print_notices
from cxstats.drivers import DriverNotice, KeyDrivers, key_drivers
from cxstats.engine import resolve_column
from cxstats.filters import parse_filter

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    parser.add_argument(
        "--outcome", required=True, metavar="COL", help="column of overall answers"
    )
    parser.add_argument(
        "--drivers",
        required=True,
        action="append",
        metavar="COL,COL",
        help="columns that may explain it; the option can be repeated",
    )
    parser.add_argument(
        "--measure",
        choices=("score", "nps", "promoters", "detractors", "ordinal"),
        default="score",
        help="how the outcome is read (default score)",
    )
    parser.add_argument(
        "--method",
        choices=("lmg", "johnson"),
        help="lmg: exact Shapley shares (default up to 24 drivers); johnson: relative "
        "weights (default above)",
    )
    parser.add_argument(
        "--scale", metavar="0-10", help="scale of the outcome, such as 0-10 or 1-10"
    )
    parser.add_argument(
        "--missing",
        nargs="+",
        action="extend",
        default=[],
        metavar="VALUE",
        help="numbers that mean no answer, such as 99",
    )
    parser.add_argument("--weight", metavar="COL", help="column of weights")
    parser.add_argument("--cluster", metavar="COL", help="column of sampled clusters")
    parser.add_argument(
        "--where", metavar="EXPR", help="rows to keep: \"region = '华东' and fee > 0\""
    )
    parser.add_argument(
        "--engine", metavar="URL", help="where to compute; embedded by default"
    )
    parser.add_argument(
        "--level",
        type=float,
        default=0.95,
        metavar="P",
        help="confidence level between 0 and 1 (default 0.95)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, all numbers")


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    table = open_files(options)
    known = [column.name for column in table.columns]
    drivers = [name for text in options.drivers for name in _split(text, known)]
    where = parse_filter(options.where).columns() if options.where else ()
    one = (options.outcome, options.weight, options.cluster, *drivers, *where)
    wanted = [resolve_column(name, known) for name in one if name]
    source = table.to_source(list(dict.fromkeys(wanted)))
    result = key_drivers(
        source,
        outcome=options.outcome,
        drivers=drivers,
        measure=options.measure,
        method=options.method,
        scale=options.scale,
        weight=options.weight,
        cluster=options.cluster,
        missing=options.missing,
        where=options.where,
        level=options.level,
        engine=options.engine,
    )
    files = [
        DriverNotice(notice.kind, notice.message) for notice in file_notices(table)
    ]
    if options.json:
        warnings = [notice.to_dict() for notice in (*result.warnings, *files)]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        _print(result, files)
    return 0


def _split(text: str, known: Sequence[str]) -> list[str]:
    """Split at commas, unless they belong to the name of one column."""
    if text.strip() in {name.strip() for name in known}:
        return [text.strip()]
    return [name.strip() for name in text.split(",") if name.strip()]


def _print(result: KeyDrivers, files: Sequence[DriverNotice]) -> None:
    lines = str(result).split("\n")
    kept = len(lines) - len(result.warnings)
    print("\n".join(lines[:kept]))
    print_notices((*result.warnings, *files))
