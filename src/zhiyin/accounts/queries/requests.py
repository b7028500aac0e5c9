"""Whose request it is."""

from __future__ import annotations

from django.http import HttpRequest

from zhiyin.accounts.models import Person


def person_of(request: HttpRequest) -> Person:
    """Return the person of a page that only people who are logged in can open."""
    person = request.user
    if not isinstance(person, Person):
        message = "this page is for people who are logged in"
        raise TypeError(message)
    return person
