"""Who calls: the token is the user name, as Delighted's key was."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Router

from zhiyin.accounts.api import TokenOrSession, scope_of
from zhiyin.accounts.models import Permission, Person
from zhiyin.accounts.services import act_as, person_of_token, record

PER_PAGE, MOST_PER_PAGE = 20, 100
LATEST_PAGE = 10_000
_View = Callable[..., Any]


class KeyAsUser(TokenOrSession):
    """Basic authentication with the token as user name and no password."""

    openapi_scheme = "basic"

    def __init__(self, thing: str, permission: Permission) -> None:
        super().__init__(permission)
        self._thing = thing

    def _caller(self, request: HttpRequest) -> Person | None:
        scheme, _space, coded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            plain = base64.b64decode(coded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
        # The Python client leaves the colon out, others put an empty password.
        secret = plain.partition(":")[0]
        person = person_of_token(secret=secret, scope=scope_of(request, self._thing))
        if person is not None:
            request.user = person
            act_as(person)
        return person


def both(
    router: Router, method: str, path: str, **more: Any
) -> Callable[[_View], _View]:
    """Offer an operation with and without `.json`, because clients differ."""

    def decorate(view: _View) -> _View:
        for each in (path, f"{path}.json"):
            router.api_operation([method], each, **more)(view)
        return view

    return decorate


def page_of(request: HttpRequest) -> tuple[int, int]:
    """Return page and size; raises ValueError for what is no number of a page."""
    page = int(request.GET.get("page", "1"))
    size = int(request.GET.get("per_page", str(PER_PAGE)))
    if not 1 <= page <= LATEST_PAGE or not 1 <= size <= MOST_PER_PAGE:
        message = f"page begins at 1, and per_page is 1 to {MOST_PER_PAGE}"
        raise ValueError(message)
    return page, size


def may_reveal(person: Person, permission: Permission) -> bool:
    """Tell whether a person's roles allow it for the whole organisation."""
    return person.may(permission) and person.sees_whole_organisation(permission)


def note_reveal(person: Person, count: int, *, reveals: bool) -> None:
    """Write down that customers were handed out in clear."""
    if reveals and count:
        record(action="customer.listed_in_clear", actor=person, count=count)


def needs_whole_organisation(person: Person, permission: Permission) -> None:
    """Refuse whoever is limited to departments: people belong to none for sure."""
    if not person.sees_whole_organisation(permission):
        raise PermissionDenied
