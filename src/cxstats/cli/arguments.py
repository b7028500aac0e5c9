"""Arguments that several commands share."""

from __future__ import annotations

import argparse

__all__ = [
    "add_design",
    "add_files",
    "add_json",
    "add_level",
    "add_missing",
    "add_output",
    "add_rows",
    "add_scale",
    "add_weight",
]


def add_files(parser: argparse.ArgumentParser) -> None:
    """Add the files and what may have to be said about them."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="CSV, TSV, XLSX, XLS or Parquet; several, or a quoted glob, are united by "
        "column name",
    )
    group = parser.add_argument_group("how the files are written (told by default)")
    group.add_argument("--encoding", help="utf-8, utf-16, gb18030, big5...")
    group.add_argument("--delimiter", help="a character, or tab, pipe, space...")
    group.add_argument("--sheet", help="sheet of a workbook, by name or number from 1")


def add_scale(parser: argparse.ArgumentParser) -> None:
    """Add the score column, its scale and its missing codes."""
    parser.add_argument(
        "--score", required=True, metavar="COL", help="column of scores"
    )
    parser.add_argument(
        "--scale", metavar="0-10", help="scale that was shown, such as 0-10 or 1-5"
    )
    add_missing(parser)


def add_design(parser: argparse.ArgumentParser) -> None:
    """Add weight, strata, cluster, filter and engine."""
    add_weight(parser)
    parser.add_argument("--strata", metavar="COL", help="column of sampling strata")
    parser.add_argument("--cluster", metavar="COL", help="column of sampled clusters")
    parser.add_argument(
        "--by",
        nargs="+",
        action="extend",
        default=[],
        metavar="COL",
        help="one result per value of these columns",
    )
    add_rows(parser)


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add confidence level, minimum n and JSON."""
    add_level(parser)
    parser.add_argument(
        "--minimum-n",
        type=int,
        default=None,
        metavar="N",
        help="answers a score needs to be shown in the table (default 30)",
    )
    add_json(parser)


def add_missing(parser: argparse.ArgumentParser) -> None:
    """Add the codes of no answer."""
    parser.add_argument(
        "--missing",
        nargs="+",
        action="extend",
        default=[],
        metavar="VALUE",
        help="values that mean no answer, such as 11 or BLANK",
    )


def add_weight(parser: argparse.ArgumentParser) -> None:
    """Add the column of weights."""
    parser.add_argument("--weight", metavar="COL", help="column of weights")


def add_rows(parser: argparse.ArgumentParser) -> None:
    """Add which rows count and where they are read."""
    parser.add_argument(
        "--where", metavar="EXPR", help="rows to keep: \"region = '华东' and fee > 0\""
    )
    parser.add_argument(
        "--engine",
        metavar="URL",
        help="where to compute: postgresql://..., spark://..., clickhouse://...; "
        "embedded by default",
    )


def add_level(parser: argparse.ArgumentParser) -> None:
    """Add the confidence level."""
    parser.add_argument(
        "--level",
        type=float,
        default=0.95,
        metavar="P",
        help="confidence level between 0 and 1 (default 0.95)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add JSON as the answer's form."""
    parser.add_argument("--json", action="store_true", help="print JSON, all numbers")
