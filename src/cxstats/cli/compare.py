"""`cxstats compare`: what rose, what fell, what cannot be told apart."""

from __future__ import annotations

import argparse
from typing import Any

from cxstats.cli.arguments import add_design, add_files, add_output, add_scale
from cxstats.cli.data import open_data
from cxstats.cli.metrics import estimate
from cxstats.cli.rendering import (
    describe_excluded,
    minimum_n,
    numbers,
    print_json,
    print_notices,
    shorten,
)
from cxstats.comparisons import (
    ALL_PAIRS,
    REST,
    Comparison,
    Difference,
    compare_groups,
)
from cxstats.display import VERDICTS, format_key, format_value, text_table
from cxstats.metrics import MetricResult
from cxstats.reporting import MinimumN

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_files(parser)
    add_scale(parser)
    parser.add_argument(
        "--between", required=True, metavar="COL", help="column whose values compare"
    )
    side = parser.add_mutually_exclusive_group()
    side.add_argument(
        "--baseline", metavar="VALUE", help="compare every other value with this one"
    )
    side.add_argument(
        "--rest", action="store_true", help="compare every value with all others"
    )
    parser.add_argument(
        "--metric",
        choices=("nps", "csat", "ces"),
        default="nps",
        help="score to compare (default nps)",
    )
    parser.add_argument(
        "--correction",
        choices=("bh", "by", "none"),
        default="bh",
        help="false discovery rate over all differences (default bh)",
    )
    add_design(parser)
    add_output(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    policy = minimum_n(options.minimum_n)
    data = open_data(options, options.between)
    by = (*options.by, options.between)
    scores = estimate(options, options.metric, data.source, by)
    result = compare_groups(
        scores,
        between=options.between,
        baseline=_baseline(options, scores),
        correction=options.correction,
    )
    notices = (*result.warnings, *data.notices)
    if options.json:
        warnings = [notice.to_dict() for notice in notices]
        print_json({**result.to_dict(), "warnings": warnings})
    else:
        _print(result, policy)
        print_notices(notices)
    return 0


def _baseline(options: argparse.Namespace, scores: MetricResult) -> Any:
    """Find the stored value that the text of --baseline means: 2025 may be a number."""
    if options.rest:
        return REST
    if options.baseline is None:
        return ALL_PAIRS
    for group in scores.groups:
        value = group.by[options.between]
        if format_key(value) == options.baseline.strip():
            return value
    return options.baseline


def _print(result: Comparison, policy: MinimumN) -> None:
    print(f"{result.metric}: differences by {result.between}, in {result.unit}")
    print()
    headers = ["", "difference", "±", "interval", "n", "p", "q", "verdict"]
    rows = [_row(item, policy) for item in result.differences]
    print(text_table(headers, rows))
    print(f"\np corrected for {len(rows)} comparisons ({result.correction}) gives q")
    left_out = describe_excluded(result.excluded)
    if left_out:
        print(f"left out: {left_out}")


def _row(item: Difference, policy: MinimumN) -> list[str]:
    size = f"{item.baseline_estimate.n:,} / {item.compared_estimate.n:,}"
    label = shorten(item.label, 48)
    if item.standing(policy) == "hidden":
        return [label, "too few", "", f"needs {policy.shown}", size, "", "", ""]
    tests = [format_value(number, "score", 4) for number in (item.p, item.q)]
    return [label, *numbers(item.estimate), size, *tests, VERDICTS[item.verdict]]
