"""`cxstats plan`: how many answers are needed, or what those there are can show."""

from __future__ import annotations

import argparse
import math
from dataclasses import asdict
from typing import Any

from cxstats.cli.arguments import add_json
from cxstats.cli.rendering import print_json
from cxstats.errors import InputError
from cxstats.planning import (
    Planned,
    detectable_change,
    half_width,
    net_variance_of,
    sample_size_for_change,
    sample_size_for_margin,
)

__all__ = ["add_arguments", "run"]

_USUAL_VARIANCE = 0.67
"""Variance of an answer coded -1, 0, 1 that survey plans of operators assume."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument(
        "--margin", type=float, metavar="POINTS", help="n for an interval of ± POINTS"
    )
    wanted.add_argument(
        "--change", type=float, metavar="POINTS", help="n per group to detect POINTS"
    )
    wanted.add_argument(
        "--n", type=int, metavar="N", help="margin and detectable change of N answers"
    )
    parser.add_argument("--promoters", type=float, metavar="P", help="expected share")
    parser.add_argument("--detractors", type=float, metavar="P", help="expected share")
    parser.add_argument(
        "--variance",
        type=float,
        metavar="V",
        help="variance of one answer coded -1, 0, 1, instead of the two shares "
        f"(default {_USUAL_VARIANCE})",
    )
    parser.add_argument("--level", type=float, default=0.95, metavar="P")
    parser.add_argument("--power", type=float, default=0.8, metavar="P")
    parser.add_argument("--design-effect", type=float, default=1.0, metavar="X")
    parser.add_argument("--response-rate", type=float, metavar="P")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Run the command and print its answer."""
    plans = _plans(options)
    if options.json:
        print_json({"plans": [_as_dict(plan, options) for plan in plans]})
        return 0
    for plan in plans:
        print(_sentence(plan, options))
    variance = plans[0].variance
    print(
        f"assumed: variance {variance:.3g} of an answer coded -1, 0, 1; "
        f"level {options.level:.0%}; design effect {options.design_effect:g}"
    )
    return 0


def _plans(options: argparse.Namespace) -> list[Planned]:
    usual = {
        "variance": _variance(options),
        "level": options.level,
        "design_effect": options.design_effect,
    }
    if options.margin is not None:
        return [sample_size_for_margin(options.margin, **usual)]
    if options.change is not None:
        return [sample_size_for_change(options.change, power=options.power, **usual)]
    return [
        half_width(options.n, **usual),
        detectable_change(options.n, power=options.power, **usual),
    ]


def _variance(options: argparse.Namespace) -> float:
    shares = (options.promoters, options.detractors)
    if shares == (None, None):
        given: float | None = options.variance
        return _USUAL_VARIANCE if given is None else given
    if None in shares or options.variance is not None:
        raise InputError(
            "give both --promoters and --detractors, or --variance alone, or neither"
        )
    return net_variance_of(options.promoters, options.detractors)


def _is_change(plan: Planned) -> bool:
    return not math.isnan(plan.power)


def _sentence(plan: Planned, options: argparse.Namespace) -> str:
    if options.n is None:
        goal = (
            f"to detect a change of {plan.points:g} points with {plan.power:.0%} power"
            if _is_change(plan)
            else f"for an interval of ±{plan.points:g} points"
        )
        each = " per group" if _is_change(plan) else ""
        return f"{plan.n:,} valid answers{each} {goal}{_invited(plan, options)}"
    if _is_change(plan):
        return (
            f"{plan.n:,} valid answers per group detect a change of "
            f"{plan.points:.1f} points with {plan.power:.0%} power"
        )
    return f"{plan.n:,} valid answers give an interval of ±{plan.points:.1f} points"


def _invited(plan: Planned, options: argparse.Namespace) -> str:
    rate: float | None = options.response_rate
    if rate is None:
        return ""
    return f": invite {plan.invitations(rate):,} at a response rate of {rate:.0%}"


def _as_dict(plan: Planned, options: argparse.Namespace) -> dict[str, Any]:
    rate: float | None = options.response_rate
    return {
        **asdict(plan),
        "power": plan.power if _is_change(plan) else None,
        "invitations": None if rate is None else plan.invitations(rate),
    }
