"""Who may import, and who may see an import."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.listen.imports.conftest import Desk
from zhiyin.accounts.models import AuditEntry, Organisation, Person, Role
from zhiyin.listen.responses.models import Response

PAGES = ["", "preview/", "columns/", "review/", "status/", "undo/", "rejected.csv"]
CHANGES = ["cancel/", "retry/", "again/", "undo/", "discard/", "preview/", "review/"]


@pytest.mark.parametrize("page", PAGES)
def test_stranger_from_another_organisation_sees_nothing(
    desk: Desk,
    page: str,
    other_organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    batch = desk.run(("a.csv", "nps\n9\n0\n"))
    stranger = client_of(person_with(organisation=other_organisation))
    assert stranger.get(f"/listen/imports/{batch.pk}/{page}").status_code == 404
    assert "a.csv" not in stranger.get("/listen/imports/").content.decode()


@pytest.mark.parametrize("change", CHANGES)
def test_stranger_changes_nothing(
    desk: Desk,
    change: str,
    other_organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    batch = desk.run(("a.csv", "nps\n9\n0\n"))
    stranger = client_of(person_with(organisation=other_organisation))
    assert stranger.post(f"/listen/imports/{batch.pk}/{change}").status_code == 404
    assert Response.objects.count() == 2


@pytest.mark.parametrize("role", [Role.AGENT, Role.EXECUTIVE, Role.DEPT_OWNER])
def test_role_that_does_not_import_is_kept_out(
    role: Role,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    client = client_of(person_with(role))
    assert client.get("/listen/imports/").status_code == 403
    assert client.get("/listen/imports/new/").status_code == 403


def test_visitor_is_asked_to_log_in(db: None) -> None:
    response = Client().get("/listen/imports/new/")
    assert response.status_code == 302
    assert "/login/" in response.headers["Location"]


def test_every_step_is_recorded_with_its_person(desk: Desk, manager: Person) -> None:
    batch = desk.run(("a.csv", "nps\n9\n0\nx\n"))
    desk.client.get(f"/listen/imports/{batch.pk}/rejected.csv")
    desk.client.post(f"/listen/imports/{batch.pk}/undo/")
    entries = AuditEntry.objects.filter(action__startswith="import.")
    assert {entry.actor for entry in entries} == {manager}
    assert {entry.action for entry in entries} >= {
        "import.uploaded",
        "import.started",
        "import.finished",
        "import.rejects_downloaded",
        "import.undone",
    }
