"""The facts a condition inside a questionnaire may look at, named for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiyin.common.condition_builder import Fact
from zhiyin.common.conditions import facts_named
from zhiyin.listen.customers.models import AttributeField, Audience
from zhiyin.listen.surveys.models import InstrumentVersion, Item, ItemKind
from zhiyin.listen.surveys.queries.kinds import traits_of

LONGEST_LABEL = 36
CHANNELS = ("link", "sms", "email", "web", "wechat", "wecom", "qr", "kiosk", "ivr")


def _class_values() -> tuple[tuple[str, str], ...]:
    return (
        ("promoter", _("promoters")),
        ("passive", _("passives")),
        ("detractor", _("detractors")),
    )


def _values(item: Item, language: str) -> tuple[tuple[str, str], ...]:
    if item.kind in (ItemKind.YES_NO, ItemKind.CONSENT):
        return (("yes", _("yes")), ("no", _("no")))
    options = item.wording(language).get("options") or ()
    return tuple((code, label or code) for code, label in options)


def item_label(item: Item, language: str) -> str:
    """Return how a question is named in lists: its code and the start of its text."""
    text = item.wording(language).get("text", "") or item.get_kind_display()
    return f"{item.code} · {Truncator(text).chars(LONGEST_LABEL)}"


def answer_facts(items: Iterable[Item], language: str) -> list[Fact]:
    """Return one fact per question that has an answer."""
    return [
        Fact(
            f"answer.{item.code}",
            _("answer to %s") % item_label(item, language),
            _values(item, language),
        )
        for item in items
        if traits_of(item.kind).is_asked
    ]


def facts_of(
    version: InstrumentVersion,
    items: Iterable[Item],
) -> list[Fact]:
    """Return the facts known once `items` are answered, in the reader's language."""
    language = get_language() or settings.LANGUAGE_CODE
    fields = AttributeField.objects.filter(
        organisation_id=version.instrument.organisation_id,
    ).for_conditions()
    channels = tuple((code, code) for code in CHANNELS)
    languages = tuple((code, str(name)) for code, name in settings.LANGUAGES)
    return [
        *answer_facts(items, language),
        Fact("class", _("class of the main question"), _class_values()),
        Fact("touchpoint", _("touchpoint")),
        Fact("language", _("language"), languages),
        Fact("channel", _("channel"), channels),
        Fact(
            "audience",
            _("audience"),
            tuple((value, str(label)) for value, label in Audience.choices),
        ),
        *(Fact(f"field.{field.code}", field.label) for field in fields),
    ]


def _conditions(item: Item) -> list[dict[str, Any]]:
    skips = item.settings.get("skips") or ()
    return [item.shown_if, *(skip.get("if") or {} for skip in skips)]


def items_referring_to(version: InstrumentVersion, code: str) -> list[str]:
    """Return the codes of questions whose logic looks at, or leads to, a question."""
    name = f"answer.{code}"
    return [
        item.code
        for item in version.items.all()
        if item.code != code
        and (
            any(name in facts_named(each) for each in _conditions(item))
            or any(s.get("to") == code for s in item.settings.get("skips") or ())
        )
    ]
