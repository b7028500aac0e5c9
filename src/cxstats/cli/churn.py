"""`cxstats churn`: who is going to leave, why, and how far to trust it."""

from __future__ import annotations

import argparse

from cxstats.churn import churn
from cxstats.cli.arguments import (
    add_files,
    add_json,
    add_level,
    add_rows,
    add_weight,
)
from cxstats.cli.data import file_notices, open_files
from cxstats.cli.rendering import print_json, print_notices

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    parser.add_argument(
        "--label", required=True, metavar="COL", help="column of the outcome"
    )
    parser.add_argument(
        "--positive",
        metavar="VALUE",
        help="its value that means that it happened (told for 0/1, yes/no, 是/否)",
    )
    parser.add_argument(
        "--time",
        metavar="COL",
        help="moment of prediction: train on earlier rows, judge on later ones",
    )
    parser.add_argument("--id", metavar="COL", help="column of the customer")
    for name, text in (
        ("--columns", "columns to predict from; all others by default"),
        ("--segments", "columns whose values are judged apart"),
        ("--keep", "columns to use although they look like leaks"),
    ):
        parser.add_argument(
            name, nargs="+", action="extend", default=None, metavar="COL", help=text
        )
    parser.add_argument(
        "--model",
        choices=("auto", "logistic", "boosted"),
        default="auto",
        help="auto takes the logistic model unless trees rank clearly better",
    )
    parser.add_argument(
        "--capacity",
        type=float,
        default=0.1,
        metavar="SHARE",
        help="share of the customers that can be contacted (default 0.1)",
    )
    parser.add_argument(
        "--gap",
        type=float,
        default=0.0,
        metavar="DAYS",
        help="days before the judged period whose outcome was not known yet",
    )
    add_weight(parser)
    add_rows(parser)
    parser.add_argument(
        "--save", metavar="FILE", help="write the logistic model as JSON for later use"
    )
    add_level(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    table = open_files(options)
    result = churn(
        table.to_source(),
        label=options.label,
        positive=options.positive,
        time=options.time,
        id=options.id,
        columns=options.columns,
        segments=options.segments or (),
        keep=options.keep or (),
        model=options.model,
        capacity=options.capacity,
        gap=options.gap,
        weight=options.weight,
        where=options.where,
        engine=options.engine,
        level=options.level,
    )
    notices = (*result.warnings, *file_notices(table))
    if options.save:
        result.stored().save(options.save)
    if options.json:
        warnings = [notice.to_dict() for notice in notices]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        print(result)
        print_notices(notices)
    return 0
