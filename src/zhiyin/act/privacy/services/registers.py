"""Assessments and processors: written, approved, put in use only on a ground."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, Permission, Person
from zhiyin.accounts.services import record
from zhiyin.act.privacy.models import (
    Assessment,
    AssessmentState,
    Processor,
)
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.customers.services import Allowance, allow_field, forbid_field


class RegisterRefusedError(ValueError):
    """The step is not taken; the message says why and what to do."""


@transaction.atomic
def save_assessment(*, assessment: Assessment, by: Person) -> Assessment:
    """Keep a draft; what was approved before is approved no longer once changed."""
    is_new = assessment.pk is None
    if is_new:
        assessment.written_at, assessment.written_by = clock.now(), by
    was_approved = assessment.state == AssessmentState.APPROVED
    assessment.state = AssessmentState.DRAFT
    assessment.save()
    if was_approved:
        _turn_off(assessment, by)
    record(
        action="assessment.written" if is_new else "assessment.changed",
        actor=by,
        target=assessment,
    )
    return assessment


@transaction.atomic
def approve_assessment(*, assessment: Assessment, by: Person) -> None:
    """Put an assessment in force; whoever wrote it cannot approve it.

    Raises RegisterRefusedError for the writer, without the permission, and when its
    day of review has passed.
    """
    found = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if not by.may(Permission.APPROVE_REQUESTS):
        raise RegisterRefusedError(_("Your role may not approve."))
    if found.written_by_id == by.pk:
        raise RegisterRefusedError(_("Somebody else has to approve what you wrote."))
    if found.state != AssessmentState.DRAFT:
        raise RegisterRefusedError(_("This assessment is no draft."))
    if found.review_on <= clock.now().date():
        raise RegisterRefusedError(_("The day of the review has to lie ahead."))
    found.state = AssessmentState.APPROVED
    found.approved_at, found.approved_by = clock.now(), by
    found.save(update_fields=["state", "approved_at", "approved_by"])
    record(action="assessment.approved", actor=by, target=found)


@transaction.atomic
def withdraw_assessment(*, assessment: Assessment, by: Person) -> None:
    """Take an assessment back: whatever rests on it is turned off."""
    assessment.state = AssessmentState.WITHDRAWN
    assessment.save(update_fields=["state"])
    _turn_off(assessment, by)
    record(action="assessment.withdrawn", actor=by, target=assessment)


def _turn_off(assessment: Assessment, by: Person) -> None:
    fields = AttributeField.objects.of(assessment.organisation_id)
    for field in fields.filter(assessment=assessment.number, is_on=True):
        forbid_field(field=field, by=by)
    for processor in assessment.processors.filter(is_active=True):
        processor.is_active = False
        processor.save(update_fields=["is_active"])
        record(action="processor.stopped", actor=by, target=processor)


@transaction.atomic
def turn_field_on(
    *,
    field: AttributeField,
    given: dict[str, str | bool],
    ground: Assessment,
    by: Person,
) -> None:
    """Turn a sensitive field on under an assessment of this organisation.

    Raises RegisterRefusedError where it is not in force.
    """
    if not ground.is_in_force:
        raise RegisterRefusedError(
            _("%(number)s is not in force: approve or review it first.")
            % {"number": ground.number}
        )
    allow_field(
        field=field,
        given=Allowance(
            purpose=str(given["purpose"]),
            necessity=str(given["necessity"]),
            consent_purpose=str(given["consent_purpose"]),
            assessment=ground.number,
            until=ground.review_on,
            may_target=bool(given["may_target"]),
        ),
        by=by,
    )


@transaction.atomic
def save_processor(*, processor: Processor, by: Person) -> None:
    """Keep what is known of a processor.

    Raises RegisterRefusedError where it gets data without a contract and an assessment
    in force.
    """
    if processor.is_active:
        _check_ground(processor)
    is_new = processor.pk is None
    processor.changed_at = clock.now()
    processor.save()
    record(
        action="processor.added" if is_new else "processor.changed",
        actor=by,
        target=processor,
        is_active=processor.is_active,
    )


def _check_ground(processor: Processor) -> None:
    until = processor.contract_until
    if not processor.contract or until is None or until < clock.now().date():
        raise RegisterRefusedError(
            _("It may get data only under a contract that has not run out.")
        )
    if processor.assessment is None or not processor.assessment.is_in_force:
        raise RegisterRefusedError(
            _("It may get data only under an assessment that is in force.")
        )


def fields_of(organisation: Organisation) -> list[AttributeField]:
    """Return every field known of customers, the sensitive ones first."""
    order = {"sensitive": 0, "personal": 1, "ordinary": 2}
    rows = AttributeField.objects.of(organisation)
    return sorted(rows, key=lambda each: (order[each.sensitivity], each.pk))
