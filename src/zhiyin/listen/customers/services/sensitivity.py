"""The class of each field, and what has to be said before a sensitive one is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField, Sensitivity
from zhiyin.listen.customers.queries.sensitivity import Withheld, withheld_among
from zhiyin.listen.customers.queries.topics import BY_CODE, topic_of

T = TypeVar("T")
SHORTEST = 10


class FieldRefusedError(ValueError):
    """The field stays as it is; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What a sensitive field is kept for, and under which assessment."""

    purpose: str
    necessity: str
    consent_purpose: str
    assessment: str
    until: dt.date
    may_target: bool = False


def class_of(label: str) -> dict[str, object]:
    """Return class, group and topic of a new field by its name."""
    topic = topic_of(label)
    if topic is None:
        return {}
    return {
        "sensitivity": topic.sensitivity,
        "group": topic.group,
        "topic": topic.code,
        "is_on": not (topic.is_off or topic.is_never),
        "is_shown": topic.sensitivity != Sensitivity.SENSITIVE,
    }


def sift(
    organisation_id: int, attributes: Mapping[str, T]
) -> tuple[dict[str, T], list[Withheld]]:
    """Return what of some told fields may be kept, and what was left out and why."""
    if not attributes:
        return {}, []
    withheld = withheld_among(organisation_id, attributes)
    kept = {name: each for name, each in attributes.items() if name not in withheld}
    return kept, list(withheld.values())


@transaction.atomic
def classify_field(
    *, field: AttributeField, sensitivity: str, group: str, by: Person
) -> None:
    """Give a field its class and group; one that becomes sensitive is turned off."""
    topic = BY_CODE.get(field.topic)
    if topic is not None and topic.is_off and sensitivity != Sensitivity.SENSITIVE:
        raise FieldRefusedError(
            _("“%(label)s” is sensitive by law and stays so.") % {"label": field.label}
        )
    before = field.sensitivity
    field.sensitivity, field.group = sensitivity, group
    names = ["sensitivity", "group"]
    if sensitivity == Sensitivity.SENSITIVE and before != sensitivity:
        field.is_on = field.is_shown = field.may_target = False
        names += ["is_on", "is_shown", "may_target"]
    elif sensitivity != Sensitivity.SENSITIVE and before == Sensitivity.SENSITIVE:
        field.is_on, field.allowed_until = True, None
        names += ["is_on", "allowed_until"]
    field.save(update_fields=names)
    record(
        action="field.classified",
        actor=by,
        target=field,
        before=before,
        after=sensitivity,
        group=group,
    )


@transaction.atomic
def allow_field(*, field: AttributeField, given: Allowance, by: Person) -> None:
    """Turn a sensitive field on until its assessment runs out.

    Raises FieldRefusedError without a purpose, a necessity, a consent or an
    assessment in force, and for what is never taken.
    """
    topic = BY_CODE.get(field.topic)
    if topic is not None and topic.is_never:
        raise FieldRefusedError(_("Call records are never taken."))
    if min(len(given.purpose.strip()), len(given.necessity.strip())) < SHORTEST:
        raise FieldRefusedError(
            _("Say what the field is for, and why nothing less will do.")
        )
    if not given.consent_purpose or not given.assessment:
        raise FieldRefusedError(
            _("A sensitive field needs a separate consent and an approved assessment.")
        )
    if given.until < clock.now().date():
        raise FieldRefusedError(
            _("The assessment %(number)s has run out. Review it first.")
            % {"number": given.assessment}
        )
    field.is_on = True
    field.purpose = given.purpose.strip()[:300]
    field.necessity = given.necessity.strip()[:500]
    field.consent_purpose = given.consent_purpose
    field.assessment = given.assessment
    field.allowed_until = given.until
    field.may_target = given.may_target
    field.save()
    record(
        action="field.allowed",
        actor=by,
        target=field,
        reason=field.purpose,
        assessment=field.assessment,
        until=given.until.isoformat(),
        may_target=given.may_target,
    )


@transaction.atomic
def forbid_field(*, field: AttributeField, by: Person | None = None) -> None:
    """Turn a field off: nothing of it is kept, shown or used from now on."""
    field.is_on = field.may_target = field.is_shown = False
    field.save(update_fields=["is_on", "may_target", "is_shown"])
    record(action="field.forbidden", actor=by, target=field)


@transaction.atomic
def fill_from_answers(*, field: AttributeField, question: str, by: Person) -> None:
    """Say which question's answers fill a field; "" for none."""
    field.question = question.strip()[:40]
    field.save(update_fields=["question"])
    record(
        action="field.question_chosen", actor=by, target=field, question=field.question
    )
