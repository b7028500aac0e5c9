"""`cxstats rake`: weight the rows of a file to the targets of another."""

from __future__ import annotations

import argparse
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from cxstats.cli.arguments import add_files, add_json
from cxstats.cli.data import open_files
from cxstats.cli.rendering import print_json
from cxstats.errors import InputError
from cxstats.weighting import poststratify, rake

__all__ = ["add_arguments", "run"]

_ENDINGS = (".csv", ".parquet", ".pq")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    parser.add_argument(
        "--targets",
        required=True,
        metavar="FILE",
        help="table with the columns variable, value, target (people or shares); a "
        "joint variable is written a*b, its values x*y",
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="rows with their weight: .csv or .parquet",
    )
    parser.add_argument("--weight", metavar="COL", help="column of base weights")
    parser.add_argument(
        "--name",
        default="weight",
        metavar="COL",
        help="name of the new column (default weight)",
    )
    parser.add_argument(
        "--bounds",
        nargs=2,
        type=float,
        metavar=("LOW", "HIGH"),
        help="smallest and largest ratio of a weight to its base weight",
    )
    parser.add_argument(
        "--trim",
        type=float,
        metavar="X",
        help="largest weight, as a multiple of the median weight",
    )
    parser.add_argument(
        "--poststratify",
        action="store_true",
        help="post-stratify by the one variable of the targets instead of raking",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    out = Path(options.out)
    if out.suffix.lower() not in _ENDINGS:
        raise InputError(
            f"weights are written to .csv or .parquet; received {options.out!r}"
        )
    table = open_files(options)
    rows = table.to_arrow()
    lost = table.rejections.count
    if options.poststratify:
        if options.bounds:
            raise InputError("post-stratification has no bounds; rake, or use --trim")
        made = poststratify(
            rows, options.targets, weight=options.weight, trim=options.trim
        )
    else:
        bounds = tuple(options.bounds) if options.bounds else None
        made = rake(
            rows,
            options.targets,
            weight=options.weight,
            bounds=bounds,
            trim=options.trim,
        )
    weighted = made.apply(rows, name=options.name)
    _write(weighted, out)
    if options.json:
        counts = {"rows": weighted.num_rows, "rejected_rows": lost, "out": str(out)}
        print_json({**made.to_dict(), **counts})
    else:
        print(made)
        unread = f"; {lost:,} rows could not be read" if lost else ""
        print(f"wrote {weighted.num_rows:,} rows to {out}{unread}")
    return 0


def _write(table: pa.Table, out: Path) -> None:
    write = pa_csv.write_csv if out.suffix.lower() == ".csv" else pq.write_table
    try:
        write(table, out)
    except OSError as error:
        raise InputError(f"cannot write {str(out)!r}: {error}") from error
