"""`cxstats text`: what the comments of a file say."""

from __future__ import annotations

import argparse

from cxstats.cli.arguments import add_files, add_json, add_level
from cxstats.cli.data import file_notices, open_files
from cxstats.cli.rendering import print_json, print_notices
from cxstats.engine import resolve_column
from cxstats.filters import parse_filter
from cxstats.text import Aspects, Polarity, comments

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_files(parser)
    parser.add_argument(
        "--column", required=True, metavar="COL", help="column of comments"
    )
    parser.add_argument(
        "--score", metavar="COL", help="column of scores, to find contradictions"
    )
    parser.add_argument(
        "--scale", default="0-10", metavar="0-10", help="scale of the scores"
    )
    parser.add_argument(
        "--model", metavar="FILE", help="model saved by Polarity.save; else the starter"
    )
    parser.add_argument(
        "--aspects", metavar="FILE", help="YAML dictionary of aspects; else telecom's"
    )
    parser.add_argument(
        "--topics", type=int, default=8, metavar="K", help="topics to find (default 8)"
    )
    parser.add_argument("--where", metavar="EXPR", help="rows to keep")
    add_level(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    table = open_files(options)
    where = parse_filter(options.where) if options.where else None
    names = [options.column, options.score, *(where.columns() if where else ())]
    known = [column.name for column in table.columns]
    source = table.to_source([resolve_column(name, known) for name in names if name])
    result = comments(
        source,
        text=options.column,
        score=options.score,
        scale=options.scale,
        model=Polarity.load(options.model) if options.model else None,
        aspects=Aspects(options.aspects) if options.aspects else None,
        k=options.topics,
        where=where,
        level=options.level,
    )
    notices = (*result.warnings, *file_notices(table))
    if options.json:
        warnings = [notice.to_dict() for notice in notices]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        print(result)
        print_notices(notices)
    return 0
