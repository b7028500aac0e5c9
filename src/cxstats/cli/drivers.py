"""`cxstats drivers`: which experiences explain the outcome, and how surely."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cxstats.cli.arguments import (
    add_files,
    add_json,
    add_level,
    add_missing,
    add_rows,
    add_weight,
)
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
    add_missing(parser)
    add_weight(parser)
    parser.add_argument("--cluster", metavar="COL", help="column of sampled clusters")
    add_rows(parser)
    add_level(parser)
    add_json(parser)


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
