"""Merging cases that are about the same matter."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, HandOver, HandOverState, Outcome, State
from zhiyin.act.cases.services.handing_over import WAITING
from zhiyin.act.cases.services.owning import refuse_over
from zhiyin.act.cases.services.suppressing import (
    ask_customer_again,
    leave_customer_alone,
)
from zhiyin.act.cases.services.writing import CaseError, Draft, changing


def merge_cases(
    *,
    into: Case,
    others: Sequence[Case],
    by: Person | None,
    version: int | None = None,
) -> Case:
    """Let one case carry on for others of the same customer.

    What was promised on them is owed by the one that stays; the earlier deadline for
    the solution holds; everything else stays where it was and is read there.
    """
    wanted = [each for each in others if each.pk != into.pk]
    if not wanted:
        raise CaseError(_("Choose at least one other case to merge into this one."))
    with transaction.atomic():
        # All rows in one order, so that two who merge crosswise cannot lock each other.
        numbers = sorted({into.pk, *(each.pk for each in wanted)})
        list(Case.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))
        for other in wanted:
            _merge_away(other, into, by)
        with changing(into, by=by, version=version, action="case.merged") as draft:
            refuse_over(draft.case)
            for other in wanted:
                draft.note("merged_from", case=other.pk, number=other.number)
            _keep_earliest(draft.case, wanted)
            # The more urgent of the levels holds for both.
            most = min([draft.case, *wanted], key=lambda case: case.level.order)
            draft.case.level = most.level
            leave_customer_alone(draft.case)
    return into


def _merge_away(other: Case, into: Case, by: Person | None) -> None:
    with changing(other, by=by, action="case.merged_away", into=into.pk) as draft:
        _refuse_other(draft, into)
        draft.case.promises.filter(kept_at=None).update(case=into)
        HandOver.objects.filter(case=draft.case, state__in=WAITING).update(
            state=HandOverState.WITHDRAWN
        )
        draft.go(State.MERGED, into=into.pk, number=into.number)
        draft.case.offered_to = None
        draft.case.merged_into = into
        draft.case.outcome = Outcome.DUPLICATE
        draft.case.closed_at = draft.at
        draft.case.next_update_at = None
        ask_customer_again(draft.case)


def _refuse_other(draft: Draft, into: Case) -> None:
    other = draft.case
    if other.organisation_id != into.organisation_id:
        raise CaseError(_("Only cases of your own organisation can be merged."))
    if other.customer_id != into.customer_id:
        raise CaseError(
            _("Case %s is about another customer and cannot be merged.") % other.number,
        )


def _keep_earliest(case: Case, others: Sequence[Case]) -> None:
    for name in ("contact", "resolve"):
        dues = [case, *(each for each in others if getattr(each, f"{name}_by"))]
        first = min(
            (each for each in dues if getattr(each, f"{name}_by")),
            key=lambda each: getattr(each, f"{name}_by"),
            default=None,
        )
        if first is not None:
            setattr(case, f"{name}_by", getattr(first, f"{name}_by"))
            setattr(case, f"{name}_warn_at", getattr(first, f"{name}_warn_at"))
