"""Parse the command line, run one command, turn refusals into one line and code 2."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from cxstats.cli import compare, metrics, plan, profile
from cxstats.errors import CxstatsError

__all__ = ["main"]

_DESCRIPTION = """\
Honest statistics of customer experience from the files you have: CSV, TSV, XLSX,
Parquet or a quoted glob of them. Every score comes with its interval and n."""

_EPILOG = """\
examples:
  cxstats profile answers.xlsx
  cxstats nps answers.csv --score recommend --by region --missing 98 99
  cxstats csat 'waves/*.xlsx' --score 满意度 --scale 1-10 --by 区域 --json
  cxstats compare answers.csv --score recommend --between wave --baseline 2025
  cxstats plan --margin 3"""

_REFUSED = 2
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, or 2 after a refusal.

    Parameters
    ----------
    arguments
        The words after the program's name; by default those of the process.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except CxstatsError as error:
        print(f"cxstats {options.command}: {error}", file=sys.stderr)
        return _REFUSED
    except BrokenPipeError:
        # The reader of a pipe such as `head` has enough; Python would complain when
        # it flushes at exit, so it is given somewhere to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cxstats",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (metrics, compare, plan, profile):
        module.add_commands(commands)
    return parser
