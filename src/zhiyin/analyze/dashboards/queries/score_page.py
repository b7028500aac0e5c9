"""The score page: one number with everything it stands on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from cxstats.metrics import MetricResult
from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.addresses import metrics_of
from zhiyin.analyze.metrics.queries.comparing import Verdict, compare_periods
from zhiyin.analyze.metrics.queries.definitions import Definition
from zhiyin.analyze.metrics.queries.presentation import (
    Column,
    ScoreText,
    distribution_columns,
    present,
    write_half,
    write_value,
)
from zhiyin.analyze.metrics.queries.selection import NPS_LIKE
from zhiyin.listen.responses.models import ExclusionReason


@dataclass(frozen=True)
class Share:
    """One class or box with its share, as text and as a width."""

    code: str
    label: str
    text: str
    half: str
    interval: str
    width: float
    is_class: bool


@dataclass(frozen=True)
class Exclusion:
    """Answers left out for one reason."""

    label: str
    n: int


@dataclass(frozen=True)
class Extra:
    """Another number of the same answers, with the address that turns to it."""

    definition: Definition
    score: ScoreText
    url: str
    is_not_nps: bool


@dataclass(frozen=True)
class ScorePage:
    """Everything the score page shows."""

    definition: Definition
    score: ScoreText
    columns: list[Column]
    shares: list[Share]
    extra: list[Extra]
    exclusions: list[Exclusion]
    warnings: list[str]
    verdict: Verdict | None


def score_page(analysis: Analysis) -> ScorePage:
    """Collect the page of the current selection."""
    selection = analysis.chosen
    result = scores.score(analysis.snapshot, selection)
    scale = selection.series.scale
    return ScorePage(
        definition=selection.definition,
        score=present(result.estimate, analysis.policy, scale),
        columns=distribution_columns(result, scale),
        shares=shares_of(result),
        extra=_extra(analysis),
        exclusions=exclusions_of(analysis, result),
        warnings=[text for _kind, text in warnings_of(analysis, result)],
        verdict=compare_periods(analysis.snapshot, selection, analysis.policy),
    )


_CLASS_PARTS = frozenset({"promoters", "passives", "detractors"})


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
    return [
        Share(
            code=code.removesuffix("s") if code in _CLASS_PARTS else code,
            label=names.get(code, code),
            text=write_value(part.value, part.unit),
            half=write_half(part),
            interval=" – ".join(
                write_value(end, part.unit) for end in (part.lower, part.upper)
            ),
            width=round(part.value * 100, 2) if part.is_known else 0.0,
            is_class=code in _CLASS_PARTS,
        )
        for code, part in result.groups[0].parts.items()
        if part.unit == "share"
    ]


def _extra(analysis: Analysis) -> list[Extra]:
    """Return further numbers of the same answers, each under its own name."""
    chosen = analysis.chosen
    found = []
    for code in ("", *metrics_of(chosen.series)):
        other = replace(chosen, metric=code)
        if code == chosen.metric:
            continue
        estimate = scores.score(analysis.snapshot, other).estimate
        text = present(estimate, analysis.policy, chosen.series.scale)
        url = f"?{other.query()}"
        found.append(Extra(other.definition, text, url, code == NPS_LIKE))
    return found


def exclusions_of(analysis: Analysis, result: MetricResult) -> list[Exclusion]:
    """Return how many answers were left out, for which reason, in words."""
    counted = exclusion_counts(analysis, result)
    return [Exclusion(reason_text(reason), n) for reason, n in counted.items()]


def exclusion_counts(analysis: Analysis, result: MetricResult) -> dict[str, int]:
    """Return how many answers were left out, by reason."""
    counted = dict(result.excluded)
    for reason, n in scores.set_aside(analysis.snapshot, analysis.chosen).items():
        counted[reason] = counted.get(reason, 0) + n
    return {reason: n for reason, n in counted.items() if n}


def reason_text(reason: str) -> str:
    """Return a reason of exclusion in words."""
    known: dict[str, Any] = dict(ExclusionReason.choices)
    known |= {
        "blank": _("left blank"),
        "missing_code": _("code for “no answer”"),
        "out_of_range": _("outside the scale"),
        "not_a_number": _("not a number"),
        "between_points": _("between two points of the scale"),
        "no_weight": _("without a weight"),
        "no_stratum": _("without a stratum"),
        "no_cluster": _("without a cluster"),
        "test_number": _("test number"),
        "employee_number": _("staff number"),
    }
    return str(known.get(reason, reason))


def warnings_of(analysis: Analysis, result: MetricResult) -> list[tuple[str, str]]:
    """Return what the reader must know, by kind, in her language.

    The library speaks of its own minimum n; the page shows the organisation's.
    """
    found = [
        (notice.kind, warning_text(notice.kind, notice.message))
        for notice in result.warnings
        if notice.kind not in {"small_n", "empty", "scale"}
    ]
    kinds = {notice.kind for notice in result.warnings}
    if "scale" in kinds:
        text = _scale_warning(is_nps=result.metric == "nps")
        found.insert(0, ("scale", text))
    if analysis.chosen.narrows_by_answer:
        text = _(
            "Only answers that say one thing are selected, so the score says nothing: "
            "read the answers themselves.",
        )
        found.insert(0, ("narrowed_by_answer", text))
    return found


def _scale_warning(*, is_nps: bool) -> str:
    if is_nps:
        return _(
            "Nobody answered 0 although there are many answers: this looks like a "
            "1-10 question. A 1-10 score is not NPS.",
        )
    return _("This number is not NPS: it comes from another scale than 0-10.")


def warning_text(kind: str, message: str) -> str:
    """Return a notice of the library in the reader's language."""
    known = {
        "weights": _(
            "Some answers have no usable weight, or the weights are so unequal that "
            "the effective n is much smaller.",
        ),
        "strata": _("Answers without a stratum were left out."),
        "clusters": _("Few clusters were sampled: the interval itself is uncertain."),
        "missing_code": _("Numbers outside the scale occur and were left out."),
        "not_a_number": _("Answers that are no number were left out."),
    }
    return known.get(kind, message)


def small_score(analysis: Analysis) -> ScoreText:
    """Return the score of the current selection, whatever its answers say."""
    result = scores.score(analysis.snapshot, analysis.chosen.of_every_answer())
    return present(result.estimate, analysis.policy, analysis.chosen.series.scale)
