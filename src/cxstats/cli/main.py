"""Parse the command line, run one command, turn refusals into one line and code 2."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

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

_COMMANDS = {
    "nps": ("metrics", "Net Promoter Score of a 0-10 question"),
    "csat": ("metrics", "satisfaction: mean, top box and share satisfied"),
    "ces": ("metrics", "customer effort: mean and share that agrees it was easy"),
    "compare": ("compare", "differences between groups or periods, with a verdict"),
    "drivers": ("drivers", "which experiences explain the outcome, and how surely"),
    "loyalty": ("loyalty", "how long customers stay, their value, who is at risk"),
    "churn": ("churn", "who is going to leave, why, and how far to trust it"),
    "experiment": ("experiment", "arms of an experiment against the control"),
    "monitor": ("monitor", "a score over time: limits, signals, changes, season"),
    "discover": ("discover", "who scores differently: each cause once, in words"),
    "breakpoints": ("breakpoints", "where along a number the score changes"),
    "plan": ("plan", "sample size for a margin or change, or what n answers show"),
    "nonresponse": ("nonresponse", "the score of everybody asked, answered or not"),
    "scorecard": ("scorecard", "people, departments or grids compared fairly"),
    "rake": ("rake", "weight the rows of a file to the targets of its base"),
    "text": ("text", "what comments say: feelings, aspects, topics"),
    "profile": ("profile", "columns of a file: kinds, roles, scales, missing codes"),
}
"""Module and one line of help per command; only the one asked for is loaded."""

Run = Callable[[argparse.Namespace], int]

_REFUSED = 2
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, or 2 after a refusal.

    Parameters
    ----------
    arguments
        The words after the program's name; by default those of the process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser, run = _parser(words[0] if words else "")
    options = parser.parse_args(words)
    try:
        code = run(options)
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


def _parser(command: str) -> tuple[argparse.ArgumentParser, Run]:
    """Build the parser, with the arguments of the one command that is run."""
    parser = argparse.ArgumentParser(
        prog="cxstats",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run: Run = _nothing
    for name, (module, text) in _COMMANDS.items():
        added = commands.add_parser(name, help=text, description=text)
        if name == command:
            loaded = import_module(f"cxstats.cli.{module}")
            loaded.add_arguments(added)
            run = loaded.run
    return parser, run


def _nothing(options: argparse.Namespace) -> int:
    """Stand in where the parser itself answers: help, or a wrong command."""
    del options
    return 0
