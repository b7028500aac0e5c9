"""Promises to customers, and the news they get while they wait."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, ContactWay, Promise
from zhiyin.act.cases.queries.needs import settings_of
from zhiyin.act.cases.services.answering import Pledge, add_promise
from zhiyin.act.cases.services.owning import refuse_over
from zhiyin.act.cases.services.working import words
from zhiyin.act.cases.services.writing import CaseError, changing


def make_promise(
    *, case: Case, pledge: Pledge, by: Person | None, version: int | None = None
) -> Promise:
    """Promise the customer something by a date; the date is a clock of the case."""
    with changing(case, by=by, version=version, action="case.promised") as draft:
        refuse_over(draft.case)
        return add_promise(draft, pledge)


def keep_promise(
    *,
    promise: Promise,
    by: Person | None,
    note: str = "",
    version: int | None = None,
) -> Case:
    """Say that a promise was kept; a second time changes nothing."""
    case = promise.case
    with changing(case, by=by, version=version, action="case.promise_kept") as draft:
        rows = Promise.objects.filter(pk=promise.pk, kept_at=None)
        if rows.update(kept_at=draft.at):
            draft.note("promise_kept", words(note), promise=promise.pk)
    promise.refresh_from_db()
    return case


def update_customer(
    *,
    case: Case,
    by: Person | None,
    channel: str,
    text: str,
    version: int | None = None,
) -> Case:
    """Write down that the customer was told how things stand; the next news is set."""
    with changing(case, by=by, version=version, action="case.customer_told") as draft:
        refuse_over(draft.case)
        kept = draft.case
        if channel not in ContactWay.values:
            raise CaseError(_("“%s” is no way to reach a customer.") % channel)
        said = words(text, needed=_("Say what the customer was told."))
        draft.note("customer_told", said, channel=channel)
        kept.customer_told = True
        if kept.next_update_at is not None:
            usual = settings_of(kept.organisation_id).update_every_days
            every = dt.timedelta(kept.update_every_days or usual)
            kept.next_update_at = draft.at + every
    return case
