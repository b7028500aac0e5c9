"""The metric dictionary: what every number is, and what it is not.

A metric is defined here once. Pages, exports, the API and reports read the same
entry and call the same function, so they cannot disagree; a change of meaning is a
new version, and the version is printed with the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.programs.models import Stream


@dataclass(frozen=True)
class Definition:
    """One entry of the dictionary, in words and in what code needs."""

    code: str
    version: int
    kind: str
    name: str | Promise
    unit: str
    formula: str | Promise
    numerator: str | Promise
    denominator: str | Promise
    exclusions: str | Promise
    scale: str | Promise
    interval: str | Promise
    is_not: str | Promise
    stream: str | None = None


_EXCLUSIONS = _(
    "Answers left blank, answers set aside by a cleaning rule or by a person with a "
    "reason, and answers of test and staff numbers. Each reason is counted.",
)
_NPS_INTERVAL = _(
    "Adjusted Wald interval at 95 %; below 10 answers or with an empty class, the "
    "trinomial score interval; with weights, linearised variance with a t interval, "
    "by strata and clusters where every answer carries them. Always clipped to "
    "−100…100.",
)
_NPS: dict[str, Any] = {
    "version": 1,
    "kind": "nps",
    "unit": "points",
    "formula": _("(promoters − detractors) ÷ answers × 100"),
    "numerator": _("Answers 9-10 minus answers 0-6."),
    "denominator": _("All valid answers to the question, passives (7-8) included."),
    "exclusions": _EXCLUSIONS,
    "scale": _("0-10; the cuts are stored with every answer."),
    "interval": _NPS_INTERVAL,
}

DEFINITIONS: dict[str, Definition] = {
    entry.code: entry
    for entry in (
        Definition(
            code="rnps",
            name=_("Relationship NPS"),
            stream=Stream.RELATIONSHIP,
            is_not=_(
                "Not a sum or an average of transactional scores, and never mixed "
                "with them. Not comparable with a 1-10 satisfaction score.",
            ),
            **_NPS,
        ),
        Definition(
            code="tnps",
            name=_("Transactional NPS"),
            stream=Stream.TRANSACTIONAL,
            is_not=_(
                "Not the relationship score: it is asked right after an experience "
                "and judges that experience.",
            ),
            **_NPS,
        ),
        Definition(
            code="csat",
            version=1,
            kind="csat",
            name=_("Satisfaction"),
            unit="score",
            formula=_("sum of the scores ÷ answers; beside it, the top-box share"),
            numerator=_("Sum of the scores; for the top box, answers at or above it."),
            denominator=_("All valid answers to the question."),
            exclusions=_EXCLUSIONS,
            scale=_("1-5, 1-7 or 1-10 as the question was asked; never mixed."),
            interval=_("t interval of the mean; Wilson interval of the share."),
            is_not=_(
                "Not NPS: a 1-10 satisfaction score has other words, another "
                "midpoint and other habits of answering.",
            ),
        ),
        Definition(
            code="nps_like",
            version=1,
            kind="csat",
            name=_("NPS-like share difference"),
            unit="points",
            formula=_("(share of 9-10 − share of 1-6) × 100, on a 1-10 question"),
            numerator=_("Answers 9-10 minus answers 1-6."),
            denominator=_("All valid answers to the question."),
            exclusions=_EXCLUSIONS,
            scale=_("1-10 satisfaction."),
            interval=_NPS_INTERVAL,
            is_not=_("Not NPS, and never shown beside it in one series."),
        ),
        Definition(
            code="ces",
            version=1,
            kind="ces",
            name=_("Customer Effort Score"),
            unit="score",
            formula=_("sum of the scores ÷ answers; beside it, the share that agrees"),
            numerator=_("Sum of the scores; for the share, answers 5-7 of 1-7."),
            denominator=_("All valid answers to the question."),
            exclusions=_EXCLUSIONS,
            scale=_("1-7; a higher score means less effort."),
            interval=_("t interval of the mean; Wilson interval of the share."),
            is_not=_("Not satisfaction: it judges how easy it was, not the result."),
        ),
    )
}


def definition_for(kind: str, stream: str, *, is_nps_scale: bool = True) -> Definition:
    """Return the entry that names a question's main number."""
    if kind == "nps" and not is_nps_scale:
        return DEFINITIONS["nps_like"]
    if kind == "nps":
        return DEFINITIONS["tnps" if stream == Stream.TRANSACTIONAL else "rnps"]
    return DEFINITIONS[kind]
