"""Write a simulated operator: ``python -m cxstats.simulate --scale 5000 --out DIR``."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from cxstats.errors import CxstatsError
from cxstats.simulate import DEFAULT_END, Operator


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, write the files and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m cxstats.simulate")
    parser.add_argument("--scale", type=int, required=True, help="responses wanted")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--end", type=date.fromisoformat, default=DEFAULT_END)
    options = parser.parse_args(arguments)
    try:
        operator = Operator(scale=options.scale, seed=options.seed, end=options.end)
        files = operator.write(options.out)
    except (CxstatsError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(
        f"{operator.truth.responses} responses of {operator.customers} customers "
        f"in {len(files.answers)} month files under {options.out}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
