"""The first organisation of an installation, from the command line."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from zhiyin.accounts.models import Organisation, Person

pytestmark = pytest.mark.django_db


def create(monkeypatch: pytest.MonkeyPatch, password: str, code: str = "one") -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command(
        "create_organisation",
        code,
        "一号通信",
        admin="admin@one.example",
        password_stdin=True,
        stdout=io.StringIO(),
    )


def test_administrator_of_a_new_organisation_can_log_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create(monkeypatch, "a-long-pass-phrase-7")
    client = Client()
    answer = client.post(
        "/account/login/",
        {"login": "admin@one.example", "password": "a-long-pass-phrase-7"},
    )
    assert answer.status_code == 302
    assert client.get("/settings/people/").status_code == 200


def test_weak_password_creates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match=r"[0-9]"):
        create(monkeypatch, "12345")
    assert not Organisation.objects.exists()
    assert not Person.objects.exists()


def test_code_that_is_taken_creates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch, "a-long-pass-phrase-7")
    with pytest.raises(CommandError):
        create(monkeypatch, "a-long-pass-phrase-7")
    assert Person.objects.count() == 1
