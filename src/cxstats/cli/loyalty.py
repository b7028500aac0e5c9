"""`cxstats loyalty`: how long customers stay, what they are worth, who is at risk."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from cxstats import loyalty
from cxstats.cli.arguments import add_files, add_json, add_rows
from cxstats.cli.data import file_notices, open_files
from cxstats.cli.rendering import print_json, print_notices
from cxstats.engine import Source

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  cxstats loyalty survival customers.csv --duration months --event left --by contract
  cxstats loyalty rfm customers.csv --recency days --frequency times --monetary paid
  cxstats loyalty tiers customers.csv --value paid --by product
  cxstats loyalty purchases histories.csv --frequency x --recency t --age T --horizon 12
  cxstats loyalty matrix customers.csv --attitude score --behaviour tenure \\
      --behaviour-cut 24
  cxstats loyalty risk customers.csv --revenue fee --probability risk --by cause \\
      --where "score <= 6"
  cxstats loyalty profit customers.csv --score score --revenue fee --fees overage
  cxstats loyalty linkage customers.csv --score score --churned left --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add one question per analysis."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    questions = parser.add_subparsers(dest="question", required=True, metavar="WHAT")
    for name, (text, columns, numbers, _answer) in _QUESTIONS.items():
        added = questions.add_parser(name, help=text, description=text)
        add_files(added)
        for column, (is_needed, said) in columns.items():
            added.add_argument(
                f"--{column.replace('_', '-')}",
                required=is_needed,
                metavar="COL",
                help=said,
            )
        for number, (default, said) in numbers.items():
            added.add_argument(
                f"--{number.replace('_', '-')}", type=float, default=default, help=said
            )
        if name == "profit":
            added.add_argument(
                "--fees", nargs="+", action="extend", default=[], metavar="COL"
            )
        add_rows(added)
        add_json(added)


def run(options: argparse.Namespace) -> int:
    """Answer the question and print it."""
    _text, columns, numbers, answer = _QUESTIONS[options.question]
    table = open_files(options)
    named = {
        name: getattr(options, name)
        for name in (*columns, *numbers)
        if getattr(options, name) is not None
    }
    if options.question == "profit":
        named["fees"] = tuple(options.fees)
    common = {"where": options.where, "engine": options.engine}
    result = answer(_source(table), **named, **common)
    notices = (*result.warnings, *file_notices(table))
    if options.json:
        warnings = [notice.to_dict() for notice in notices]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        print(result)
        print_notices(notices)
    return 0


def _source(table: Any) -> Source:
    source: Source = table.to_source()
    return source


_GROUPS = {"by": (False, "column whose values are shown apart")}
_WEIGHT = {"weight": (False, "column of weights")}

_Needs = dict[str, tuple[bool, str]]
_Numbers = dict[str, tuple[float | None, str]]
_Question = tuple[str, _Needs, _Numbers, Callable[..., Any]]
_LEVEL: _Numbers = {"level": (0.95, "confidence level between 0 and 1 (default 0.95)")}

_QUESTIONS: dict[str, _Question] = {
    "survival": (
        "how long customers stay (Kaplan-Meier), by group",
        {
            "duration": (True, "time observed"),
            "event": (True, "whether the customer left: 1/0, yes/no"),
            **_GROUPS,
            **_WEIGHT,
        },
        _LEVEL,
        loyalty.survival,
    ),
    "rfm": (
        "recency, frequency and monetary scores, equal customers alike",
        {
            "recency": (True, "days since the last purchase"),
            "frequency": (True, "how often"),
            "monetary": (True, "how much"),
            **_WEIGHT,
        },
        {},
        loyalty.rfm,
    ),
    "tiers": (
        "value tiers: the top fifth, the next three tenths, the rest",
        {"value": (True, "column of value"), **_GROUPS, **_WEIGHT},
        {},
        loyalty.value_tiers,
    ),
    "purchases": (
        "who still buys and what is to come, without a contract (BG/NBD)",
        {
            "frequency": (True, "repeat purchases"),
            "recency": (True, "time from the first to the last purchase"),
            "age": (True, "time from the first purchase to the end of the data"),
            "mean": (False, "mean spend of the repeat purchases"),
            **_WEIGHT,
        },
        {"horizon": (12.0, "time ahead, in the unit of age (default 12)"), **_LEVEL},
        loyalty.repeat_purchases,
    ),
    "matrix": (
        "true, latent, spurious and no loyalty",
        {
            "attitude": (True, "recommendation score"),
            "behaviour": (True, "tenure, usage or share of wallet"),
            "value": (False, "column of value"),
            **_GROUPS,
            **_WEIGHT,
        },
        {
            "attitude_cut": (9.0, "attitude is high from here on (default 9)"),
            "behaviour_cut": (None, "behaviour is high from here on (default median)"),
            **_LEVEL,
        },
        loyalty.loyalty_matrix,
    ),
    "risk": (
        "revenue at risk: revenue times the probability of leaving, by cause",
        {
            "revenue": (True, "revenue per month"),
            "probability": (True, "probability of leaving, 0 to 1"),
            **_GROUPS,
        },
        {"months": (12.0, "time looked at (default 12)"), **_LEVEL},
        loyalty.revenue_at_risk,
    ),
    "profit": (
        "good and bad profit: revenue by who would recommend, and fees",
        {
            "score": (True, "recommendation score"),
            "revenue": (True, "what the customer paid"),
            "scale": (False, "scale that was shown, such as 0-10"),
            **_WEIGHT,
        },
        _LEVEL,
        loyalty.good_profit,
    ),
    "linkage": (
        "what promoters and detractors did after they had answered",
        {
            "score": (True, "recommendation score"),
            "churned": (False, "whether the customer left later"),
            "revenue": (False, "later revenue"),
            "scale": (False, "scale that was shown, such as 0-10"),
            **_WEIGHT,
        },
        _LEVEL,
        loyalty.linkage,
    ),
}
"""Help, columns (needed or not), numbers (with default) and the function."""
