"""What every call about cases shares: the router, its doors, what a call names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Router
from ninja.errors import HttpError

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases.models import Case
from zhiyin.act.cases.services import CaseMovedOnError

LARGEST_ID = 2**63 - 1
CONFLICT = 409
router = Router(tags=["cases"])
SEE = TokenOrSession(Permission.SEE_CASES)
WORK = TokenOrSession(Permission.WORK_CASES)


def asked_case(request: HttpRequest, number: int) -> Case:
    """Return the case an address names, if this person may know of it, or 404."""
    rows = Case.objects.visible_to(person_of(request)).select_related(
        "level", "customer", "owner", "department"
    )
    found = rows.filter(pk=number).first() if number <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def of_case(rows: Any, number: int) -> Any:
    """Return one of the rows that hang on a case, by its id, or 404."""
    found = rows.filter(pk=number).first() if number <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def named(model: Any, person: Person, code: str) -> Any:
    """Return what a code names, None where there is no code; refuses a wrong one."""
    if not code:
        return None
    row = model.objects.visible_to(person).filter(code=without_nul(code)).first()
    if row is None:
        message = f"there is no {model._meta.verbose_name} {code!r}"  # noqa: SLF001
        raise ValidationError(message)
    return row


def colleague(person: Person, email: str | None) -> Person | None:
    """Return the colleague an address names; refuses an address nobody has."""
    if not email:
        return None
    rows = Person.objects.visible_to(person)
    found: Person | None = rows.filter(email__iexact=without_nul(email)).first()
    if found is None:
        message = f"nobody here has the address {email!r}"
        raise ValidationError(message)
    return found


def without_nul(text: str) -> str:
    """Return a text without the one character that databases refuse."""
    return text.replace("\x00", "")


@contextmanager
def refused_when_stale() -> Iterator[None]:
    """Answer 409 where somebody saved the case since the version that was read."""
    try:
        yield
    except CaseMovedOnError as error:
        raise HttpError(CONFLICT, " ".join(error.messages)) from error
