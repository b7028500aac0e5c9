"""The score page: one number with everything it stands on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxstats.metrics import MetricResult
from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.comparing import Verdict, compare_periods
from zhiyin.analyze.metrics.queries.definitions import DEFINITIONS, Definition
from zhiyin.analyze.metrics.queries.presentation import (
    Column,
    ScoreText,
    axis_of,
    distribution_columns,
    present,
    write_value,
)


@dataclass(frozen=True)
class Share:
    """One class or box with its share, as text and as a width."""

    code: str
    label: str
    text: str
    interval: str
    width: float


@dataclass(frozen=True)
class Exclusion:
    """Answers left out for one reason."""

    label: str
    n: int


@dataclass(frozen=True)
class ScorePage:
    """Everything the score page shows."""

    definition: Definition
    score: ScoreText
    columns: list[Column]
    shares: list[Share]
    extra: list[tuple[Definition, str, ScoreText]]
    exclusions: list[Exclusion]
    warnings: list[str]
    verdict: Verdict | None


def score_page(analysis: Analysis) -> ScorePage:
    """Collect the page of the current selection."""
    selection = analysis.chosen
    result = scores.score(analysis.snapshot, selection)
    scale = selection.series.scale
    return ScorePage(
        definition=selection.series.definition,
        score=present(result.estimate, analysis.policy, scale),
        columns=distribution_columns(result, scale),
        shares=shares_of(result),
        extra=_extra(analysis),
        exclusions=exclusions_of(analysis, result),
        warnings=[
            warning_text(notice.kind, notice.message) for notice in result.warnings
        ],
        verdict=compare_periods(analysis.snapshot, selection, analysis.policy),
    )


_CLASS_OF_PART = {
    "promoters": "promoter",
    "passives": "passive",
    "detractors": "detractor",
}


def part_names() -> dict[str, str]:
    """Return what the parts of a metric are called."""
    return {
        "promoters": _("Promoters"),
        "passives": _("Passives"),
        "detractors": _("Detractors"),
        "top_box": _("Top box"),
        "bottom_box": _("Bottom box"),
        "satisfied": _("Satisfied"),
        "agree": _("Agree"),
        "mean": _("Mean"),
    }


def shares_of(result: MetricResult) -> list[Share]:
    """Return the shares that go with a metric, as they are drawn."""
    names = part_names()
    group = result.groups[0]
    return [
        Share(
            code=code.removesuffix("s")
            if code in {"promoters", "passives", "detractors"}
            else code,
            label=names.get(code, code),
            text=write_value(part.value, part.unit),
            interval=" – ".join(
                write_value(end, part.unit) for end in (part.lower, part.upper)
            ),
            width=round(part.value * 100, 2) if part.is_known else 0.0,
        )
        for code, part in group.parts.items()
        if part.unit == "share"
    ]


def _extra(analysis: Analysis) -> list[tuple[Definition, str, ScoreText]]:
    """Return further numbers of the same answers, each under its own name."""
    scale = analysis.chosen.series.scale
    found = []
    if analysis.chosen.series.kind == "csat" and scale.promoter_min is not None:
        like = scores.nps_like(analysis.snapshot, analysis.chosen)
        entry = DEFINITIONS["nps_like"]
        text = present(like.estimate, analysis.policy, scale, axis_of("points", scale))
        found.append((entry, str(entry.name), text))
    return found


def exclusions_of(analysis: Analysis, result: MetricResult) -> list[Exclusion]:
    """Return how many answers were left out, for which reason."""
    counted = dict(result.excluded)
    for reason, n in scores.set_aside(analysis.snapshot, analysis.chosen).items():
        counted[reason] = counted.get(reason, 0) + n
    return [Exclusion(reason_text(reason), n) for reason, n in counted.items() if n]


def reason_text(reason: str) -> str:
    """Return a reason of exclusion in words."""
    known = {
        "blank": _("left blank"),
        "missing_code": _("code for “no answer”"),
        "out_of_range": _("outside the scale"),
        "not_a_number": _("not a number"),
        "between_points": _("between two points of the scale"),
        "no_weight": _("without a weight"),
        "suspected_spam": _("suspected spam"),
        "test_number": _("test number"),
        "employee_number": _("staff number"),
    }
    return known.get(reason, reason)


def warning_text(kind: str, message: str) -> str:
    """Return a notice of the library in the reader's language."""
    known = {
        "scale": _(
            "Nobody answered 0 although there are many answers: this looks like a "
            "1-10 question. A 1-10 score is not NPS.",
        ),
        "small_n": _("Few answers: read the interval, not the score."),
        "weights": _("The weights are very unequal: the effective n is much smaller."),
    }
    return known.get(kind, message)


def small_score(analysis: Analysis) -> ScoreText:
    """Return the current selection's score alone."""
    result = scores.score(analysis.snapshot, analysis.chosen)
    return present(result.estimate, analysis.policy, analysis.chosen.series.scale)
