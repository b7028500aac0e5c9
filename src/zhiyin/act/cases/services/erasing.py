"""Erasing a customer from cases: words, files and names go; the case stays a number."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from zhiyin.accounts.services import record
from zhiyin.act.cases.models import (
    Attachment,
    Case,
    CaseComment,
    CaseEvent,
    Compensation,
    ContactAttempt,
    HandOver,
    Promise,
)
from zhiyin.act.cases.services.files import delete_file
from zhiyin.act.cases.services.suppressing import ask_customer_again
from zhiyin.listen.customers.models import Customer

# Journals are final for everybody else; erasure is what the law puts above that.
_LINES = CaseEvent._base_manager  # noqa: SLF001


@transaction.atomic
def erase_customer_from_cases(*, customer: Customer) -> int:
    """Take a customer's words and files off every case; return how many cases.

    States, clocks and causes stay for the numbers, with nobody behind them.
    """
    cases = list(Case.objects.filter(customer=customer).select_related("suppression"))
    numbers = [case.pk for case in cases]
    for table, texts in (
        (ContactAttempt, ["note"]),
        (Promise, ["text"]),
        (HandOver, ["reason", "note"]),
        (Compensation, ["reason"]),
    ):
        table._base_manager.filter(case__in=numbers).update(  # noqa: SLF001
            **dict.fromkeys(texts, ""),
        )
    CaseComment.objects.filter(case__in=numbers).delete()
    files = list(Attachment.objects.filter(case__in=numbers))
    Attachment.objects.filter(case__in=numbers).delete()
    _blank_journals(numbers)
    for case in cases:
        ask_customer_again(case)
        case.summary = case.action_taken = case.employee = ""
        case.customer = None
        case.response = None
        case.source_key = None
        case.version += 1
        case.save()
    for each in files:
        transaction.on_commit(partial(delete_file, each))
    if cases:
        record(
            action="cases.erased",
            organisation=customer.organisation_id,
            cases=len(cases),
            files=len(files),
        )
    return len(cases)


def _blank_journals(numbers: list[int]) -> None:
    """Blank the words of journals, past the fence that stands before everybody else."""
    rows = _LINES.filter(case__in=numbers)
    kept = rows.exclude(detail={}, text="")
    for line in kept.iterator():
        detail = {
            name: value
            for name, value in line.detail.items()
            if name not in {"action_taken", "text"}
        }
        _LINES.filter(pk=line.pk).update(text="", detail=detail)
