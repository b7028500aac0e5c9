"""The facts that conditions of alerts may look at, named for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation
from zhiyin.act.alerts.models import RuleKind
from zhiyin.act.alerts.queries.facts import EARLIER, TIER
from zhiyin.act.alerts.queries.feelings import (
    COMPLAINT_BUT_HIGH,
    PRAISE_BUT_LOW,
    aspect_names,
)
from zhiyin.common.condition_builder import Fact
from zhiyin.listen.customers.models import AttributeField, Audience, CustomerEvent
from zhiyin.listen.programs.models import Channel, Programme, Stream, Touchpoint
from zhiyin.listen.surveys.models import Instrument

Values = tuple[tuple[str, str], ...]
EVENTS_LOOKED_AT = 300


def facts_offered(organisation: Organisation, kind: str) -> list[Fact]:
    """Return the facts of answers, or of events, with what values they may have."""
    own = _said(organisation) if kind == RuleKind.ANSWER else _of_events(organisation)
    fields = AttributeField.objects.of(organisation).for_conditions()
    return [
        *own,
        Fact(TIER, _("value tier")),
        Fact("audience", _("audience"), _words(Audience.choices)),
        Fact("department", _("department"), _departments(organisation)),
        Fact("employee", _("employee")),
        Fact("language", _("language"), _words(settings.LANGUAGES)),
        *(Fact(f"field.{one.code}", one.label) for one in fields),
    ]


def _words(choices: Iterable[tuple[Any, Any]]) -> Values:
    return tuple((str(code), str(label)) for code, label in choices)


def _departments(organisation: Organisation) -> Values:
    rows = Department.objects.filter(organisation=organisation, is_active=True)
    return tuple(rows.values_list("code", "name"))


def _said(organisation: Organisation) -> list[Fact]:
    language = get_language() or settings.LANGUAGE_CODE
    aspects = tuple(aspect_names(language))
    touchpoints = Touchpoint.objects.of(organisation).values_list("code", "name")
    programmes = Programme.objects.of(organisation).values_list("code", "name")
    surveys = Instrument.objects.of(organisation).values_list("code", "name")
    return [
        Fact("score", _("score")),
        Fact(
            "class",
            _("class of the score"),
            (
                ("promoter", _("promoter")),
                ("passive", _("passive")),
                ("detractor", _("detractor")),
            ),
        ),
        Fact("comment", _("comment")),
        Fact(
            "has_text",
            _("has a comment"),
            (("true", _("yes")), ("false", _("no"))),
        ),
        Fact(
            "sentiment",
            _("feeling of the comment"),
            (
                ("positive", _("positive")),
                ("negative", _("negative")),
                ("unsure", _("unsure")),
            ),
        ),
        Fact("complaints", _("complains about"), aspects),
        Fact("aspects", _("speaks of"), aspects),
        Fact(
            "contradiction",
            _("score and words contradict"),
            (
                (COMPLAINT_BUT_HIGH, _("high score, but a complaint")),
                (PRAISE_BUT_LOW, _("low score, but praise")),
            ),
        ),
        Fact(EARLIER, _("detractor's answers in the 90 days before")),
        Fact("stream", _("stream"), _words(Stream.choices)),
        Fact("touchpoint", _("touchpoint"), tuple(touchpoints)),
        Fact("programme", _("programme"), tuple(programmes)),
        Fact("questionnaire", _("questionnaire"), tuple(surveys)),
        Fact("wave", _("wave")),
        Fact("channel", _("channel"), _words(Channel.choices)),
    ]


def _of_events(organisation: Organisation) -> list[Fact]:
    rows = CustomerEvent.objects.of(organisation).order_by("-pk")
    newest = rows.values_list("attributes", flat=True)[:EVENTS_LOOKED_AT]
    names = sorted({name for one in newest for name in one})
    text = _("Event: %(name)s")
    return [
        Fact("event.kind", _("kind of event")),
        *(Fact(f"event.{name}", text % {"name": name}) for name in names),
    ]


def event_kinds(organisation: Organisation) -> list[str]:
    """Return the kinds of events that were told lately."""
    rows = CustomerEvent.objects.of(organisation).order_by("-pk")
    return sorted(set(rows.values_list("kind", flat=True)[:EVENTS_LOOKED_AT]))
