"""`cxstats breakpoints`: where along a number the score changes."""

from __future__ import annotations

import argparse

from cxstats.cli.data import OpenedData, open_data
from cxstats.cli.discover import add_search
from cxstats.cli.rendering import print_json, print_notices
from cxstats.discovery import breakpoints

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_search(parser)
    parser.add_argument(
        "--column", required=True, metavar="COL", help="number along which to look"
    )
    parser.add_argument(
        "--most-breaks",
        type=int,
        default=5,
        metavar="N",
        help="compare divisions of up to so many breaks (default 5)",
    )
    parser.set_defaults(strata=None, cluster=None, by=[])


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    data: OpenedData = open_data(options, options.column)
    result = breakpoints(
        data.source,
        score=options.score,
        column=options.column,
        metric=options.metric,
        scale=options.scale,
        missing=options.missing,
        weight=options.weight,
        where=options.where,
        most_breaks=options.most_breaks,
        language=options.language,
        level=options.level,
        engine=options.engine,
    )
    notices = (*result.warnings, *data.notices)
    if options.json:
        warnings = [notice.to_dict() for notice in notices]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        print(result)
        print_notices(notices)
    return 0
