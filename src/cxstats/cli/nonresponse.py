"""`cxstats nonresponse`: the score of everybody asked, from those who answered."""

from __future__ import annotations

import argparse
import re

from cxstats.cli.arguments import (
    add_files,
    add_json,
    add_level,
    add_rows,
    add_scale,
)
from cxstats.cli.data import open_data
from cxstats.cli.rendering import describe_excluded, print_json, print_notices
from cxstats.nonresponse import adjust_nonresponse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    add_scale(parser)
    parser.add_argument(
        "--features",
        required=True,
        metavar="COL,...",
        help="columns known of everybody before they were asked",
    )
    parser.add_argument(
        "--responded",
        metavar="COL",
        help="column that says who answered (default: those with a valid score)",
    )
    parser.add_argument(
        "--target",
        type=float,
        default=0.0,
        metavar="N",
        help="score that the verdict is about (default 0)",
    )
    parser.add_argument(
        "--trim",
        type=float,
        default=5.0,
        metavar="X",
        help="largest weight, as a multiple of the median weight (default 5)",
    )
    parser.add_argument(
        "--metric", choices=("nps", "mean"), default="nps", help="default nps"
    )
    parser.add_argument("--weight", metavar="COL", help="column of design weights")
    add_rows(parser)
    add_level(parser)
    add_json(parser)
    parser.set_defaults(strata=None, cluster=None, by=[])


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    names = [name.strip() for name in re.split("[,，]", options.features)]
    features = [name for name in names if name]
    flag = [options.responded] if options.responded else []
    options.by = [*features, *flag]
    data = open_data(options)
    result = adjust_nonresponse(
        data.source,
        score=options.score,
        features=features,
        responded=options.responded,
        metric=options.metric,
        target=options.target,
        trim=options.trim,
        weight=options.weight,
        scale=options.scale,
        missing=options.missing,
        where=options.where,
        level=options.level,
        engine=options.engine,
    )
    if options.json:
        found = result.to_dict()
        found["warnings"] += [notice.to_dict() for notice in data.notices]
        print_json(found)
        return 0
    print(result)
    left_out = describe_excluded(result.excluded)
    if left_out:
        print(f"left out: {left_out}")
    print_notices(data.notices)
    return 0
