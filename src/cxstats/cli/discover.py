"""`cxstats discover`: which customers score differently, each cause once."""

from __future__ import annotations

import argparse

from cxstats.cli.arguments import (
    add_files,
    add_json,
    add_level,
    add_rows,
    add_scale,
    add_weight,
)
from cxstats.cli.data import open_files
from cxstats.cli.rendering import print_json, print_notices
from cxstats.discovery import LANGUAGES, discover
from cxstats.engine import resolve_column
from cxstats.estimates import Notice
from cxstats.files import TableFile
from cxstats.filters import parse_filter

__all__ = ["add_arguments", "add_search", "names_in", "run"]


def add_search(parser: argparse.ArgumentParser) -> None:
    """Add what `discover` and `breakpoints` both take."""
    add_files(parser)
    add_scale(parser)
    parser.add_argument(
        "--metric",
        choices=("nps", "csat"),
        default="nps",
        help="score to explain: nps (default), or csat, the mean",
    )
    add_weight(parser)
    add_rows(parser)
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default="en",
        help="language of the sentences (default en)",
    )
    add_level(parser)
    add_json(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_search(parser)
    parser.add_argument(
        "--columns",
        action="append",
        default=None,
        metavar="COL,COL",
        help="columns to search (default: all that can be)",
    )
    parser.add_argument(
        "--max-conditions",
        type=int,
        default=2,
        metavar="N",
        help="columns per slice, 1 to 3 (default 2)",
    )
    later = parser.add_mutually_exclusive_group()
    later.add_argument(
        "--replicate-on",
        metavar="EXPR",
        help="rows of a later wave: kept out of the search, they confirm each finding",
    )
    later.add_argument(
        "--wave",
        metavar="COL",
        help="column of waves: the last confirms what the one before it showed",
    )
    parser.add_argument(
        "--min-support",
        type=int,
        default=None,
        metavar="N",
        help="least answers of a slice (default: enough to see a large difference)",
    )


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    table = open_files(options)
    columns = None if options.columns is None else names_in(table, options.columns)
    wanted = None
    if columns is not None:
        named = (options.score, options.weight, options.wave)
        filters = (options.where, options.replicate_on)
        wanted = list(
            dict.fromkeys(
                [
                    *columns,
                    *_stored(table, [name for name in named if name]),
                    *_stored(
                        table,
                        [
                            name
                            for text in filters
                            if text
                            for name in parse_filter(text).columns()
                        ],
                    ),
                ]
            )
        )
    result = discover(
        table.to_source(wanted),
        score=options.score,
        columns=columns,
        max_conditions=options.max_conditions,
        metric=options.metric,
        scale=options.scale,
        missing=options.missing,
        weight=options.weight,
        where=options.where,
        replicate_on=options.replicate_on,
        wave=options.wave,
        min_support=options.min_support,
        language=options.language,
        level=options.level,
        engine=options.engine,
    )
    notices = (*result.warnings, *(Notice("file", note) for note in table.notes))
    if options.json:
        warnings = [notice.to_dict() for notice in notices]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        print(result)
        print_notices(notices)
    return 0


def names_in(table: TableFile, texts: list[str]) -> list[str]:
    """Read names parted by commas; a name that holds a comma itself is taken whole."""
    known = {column.name for column in table.columns}
    names: list[str] = []
    for text in texts:
        names += [text] if text in known else [part.strip() for part in text.split(",")]
    return _stored(table, [name for name in names if name])


def _stored(table: TableFile, names: list[str]) -> list[str]:
    known = [column.name for column in table.columns]
    return [resolve_column(name, known) for name in names]
