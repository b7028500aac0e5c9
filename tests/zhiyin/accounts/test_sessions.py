"""A session lives by what people do, not by what a page asks by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from zhiyin.accounts.models import Person, Role


def test_a_page_that_looks_again_by_itself_keeps_no_session_alive(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
):
    client = client_of(person_with(Role.SYS_ADMIN))
    ending = timezone.now() + dt.timedelta(minutes=5)
    Session.objects.update(expire_date=ending)

    client.get("/notices/", headers={"hx-request": "true"})
    assert Session.objects.get().expire_date == ending

    client.get("/notices/")
    assert Session.objects.get().expire_date > ending + dt.timedelta(minutes=30)
