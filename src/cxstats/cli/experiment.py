"""`cxstats experiment`: arms against a control, by intention to treat."""

from __future__ import annotations

import argparse
from typing import Any

from cxstats.cli.arguments import add_files, add_json, add_level, add_rows
from cxstats.cli.data import open_data
from cxstats.cli.rendering import print_json, print_notices
from cxstats.display import format_key
from cxstats.engine import Column, MomentsQuery, Source
from cxstats.errors import InputError
from cxstats.experiments import experiment
from cxstats.inputs import engine_for, filter_of

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    parser.add_argument(
        "--arm", required=True, metavar="COL", help="column of the assigned arm"
    )
    parser.add_argument(
        "--outcome", required=True, dest="score", metavar="COL", help="what is measured"
    )
    parser.add_argument(
        "--control", required=True, metavar="VALUE", help="the arm that is the control"
    )
    parser.add_argument(
        "--kind",
        choices=("auto", "share", "mean", "nps"),
        default="auto",
        help="how the outcome is read (default: share if all are 0 or 1, else mean)",
    )
    parser.add_argument("--scale", metavar="0-10", help="scale, for a net score")
    parser.add_argument(
        "--expected",
        nargs="+",
        default=[],
        metavar="ARM=SHARE",
        help="planned shares of the arms (default equal)",
    )
    parser.add_argument(
        "--segment", metavar="COL", help="effects within its values too"
    )
    parser.add_argument(
        "--covariate", metavar="COL", help="number known before, to sharpen (CUPED)"
    )
    parser.add_argument(
        "--missing-as-zero",
        action="store_true",
        help="count customers without an outcome as 0",
    )
    parser.add_argument(
        "--on-mismatch",
        choices=("block", "warn"),
        default="block",
        help="what a broken sample ratio does to effects (default block)",
    )
    add_rows(parser)
    add_level(parser)
    add_json(parser)
    parser.set_defaults(weight=None, strata=None, cluster=None, by=[])


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    options.by = [name for name in (options.segment, options.covariate) if name]
    data = open_data(options, options.arm)
    names = _arms(options, data.source)
    result = experiment(
        data.source,
        arm=options.arm,
        outcome=options.score,
        control=_stored(options.control, names),
        kind=options.kind,
        scale=options.scale,
        expected=_expected(options.expected, names),
        segment=options.segment,
        covariate=options.covariate,
        missing_as_zero=options.missing_as_zero,
        on_mismatch=options.on_mismatch,
        where=options.where,
        level=options.level,
        engine=options.engine,
    )
    if options.json:
        warnings = [n.to_dict() for n in (*result.warnings, *data.notices)]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        print(result)
        print_notices(data.notices)
    return 0


def _arms(options: argparse.Namespace, source: Source) -> dict[str, Any]:
    """Return the stored values of the arms by their text: 1 may be a number."""
    query = MomentsQuery(
        options.score,
        by=(Column(options.arm, name="arm0"),),
        where=filter_of(options.where),
    )
    with engine_for(options.engine) as engine:
        found = engine.group_moments(source, query).column("arm0").to_pylist()
    return {format_key(name): name for name in found}


def _stored(text: str, names: dict[str, Any]) -> Any:
    return names.get(text.strip(), text)


def _expected(given: list[str], names: dict[str, Any]) -> dict[Any, float] | None:
    if not given:
        return None
    shares = {}
    for item in given:
        name, _, number = item.rpartition("=")
        try:
            shares[_stored(name, names)] = float(number)
        except ValueError as error:
            raise InputError(
                f"write planned shares as ARM=SHARE, such as control=0.5; received "
                f"{item!r}"
            ) from error
    return shares
