"""What of the data about customers must not be kept, shown or used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.customers.queries.topics import BY_CODE, Topic, topic_of

CALL_RECORD, ANSWERS_ONLY, OFF = "call_record", "answers_only", "field_off"

WORDS: dict[str, str | Promise] = {
    CALL_RECORD: _(
        "call records and numbers of other parties are never taken; send counts per "
        "customer instead, such as the size of the circle and the share on our network"
    ),
    ANSWERS_ONLY: _(
        "character and values are taken only from a survey the customer agreed to"
    ),
    OFF: _(
        "sensitive and turned off; whoever looks after data protection can turn it on "
        "with a purpose, separate consent and an assessment"
    ),
}


@dataclass(frozen=True)
class Withheld:
    """A name of which nothing is kept, and why."""

    name: str
    reason: str

    @property
    def words(self) -> str:
        """Return why, and what to do, in words."""
        return str(WORDS[self.reason])


def withheld_among(organisation_id: int, names: Iterable[str]) -> dict[str, Withheld]:
    """Return those names of fields of which nothing may be kept today, with why."""
    wanted = {name: name.strip() for name in names if name.strip()}
    known = _known(organisation_id) if wanted else {}
    found: dict[str, Withheld] = {}
    for name, text in wanted.items():
        reason = _reason(known.get(text), topic_of(text))
        if reason:
            found[name] = Withheld(text, reason)
    return found


def _known(organisation_id: int) -> dict[str, AttributeField]:
    fields = list(AttributeField.objects.of(organisation_id))
    by_code = {field.code: field for field in fields}
    return by_code | {field.label: field for field in fields}


def _reason(field: AttributeField | None, topic: Topic | None) -> str:
    if field is not None and field.topic:
        topic = BY_CODE.get(field.topic, topic)
    if topic is not None and topic.is_never:
        return CALL_RECORD
    if topic is not None and topic.is_answered:
        return ANSWERS_ONLY
    if field is not None:
        return "" if field.is_in_use else OFF
    return OFF if topic is not None and topic.is_off else ""


def not_for_conditions(organisation_id: int) -> set[str]:
    """Return the codes of fields that must not decide about a customer."""
    rows = AttributeField.objects.of(organisation_id)
    usable = rows.for_conditions().values("pk")
    return set(rows.exclude(pk__in=usable).values_list("code", flat=True))


def consent_of_fields(organisation_id: int) -> dict[str, str]:
    """Return the consent that each field asks for, by its code."""
    rows = AttributeField.objects.of(organisation_id).exclude(consent_purpose="")
    return dict(rows.values_list("code", "consent_purpose"))
