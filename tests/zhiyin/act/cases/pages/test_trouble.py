"""What goes wrong around cases is said clearly on pages, and no case is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from zhiyin.accounts.models import Department, Person, Role
from zhiyin.act.cases.models import Case
from zhiyin.common import worker

pytestmark = pytest.mark.django_db
Cases = Callable[..., Case]


def tend() -> None:
    """Run the worker's task that looks for cases left alone."""
    tasks = {task.name: task.run_once for task in worker.registered()}
    while tasks["cases.owners"]():
        pass


@pytest.fixture
def as_admin(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
) -> Client:
    return client_of(person_with(Role.SYS_ADMIN))


def test_the_cases_of_a_colleague_who_left_are_with_the_lead_and_keep_their_clocks(
    as_manager: Client, lead: Person, agent: Person, case_with: Cases,
    as_admin: Client,
) -> None:  # fmt: skip
    case = case_with(owner=agent)
    as_admin.post(reverse("deactivate_person", args=[agent.pk]))
    tend()
    page = as_manager.get(f"/act/cases/{case.pk}/").content.decode()
    assert Case.objects.get().owner == lead
    assert Case.objects.get().next_due_at == case.next_due_at
    assert str(lead) in page


def test_the_open_cases_of_a_dissolved_department_are_with_somebody_else(
    as_manager: Client, hall: Department, agent: Person, manager: Person,
    case_with: Cases, as_admin: Client,
) -> None:  # fmt: skip
    case = case_with(owner=agent)
    for name, pk in (
        ("deactivate_person", agent.pk),
        ("deactivate_department", hall.pk),
    ):
        as_admin.post(reverse(name, args=[pk]))
    hall.refresh_from_db()
    assert not hall.is_active
    tend()
    case.refresh_from_db()
    assert (case.department, case.owner) == (None, manager)
    assert f"/act/cases/{case.pk}/" in as_manager.get("/act/cases/").content.decode()
    offered = as_manager.get(f"/act/cases/{case.pk}/do/hand-over/").context["form"]
    assert hall not in offered.fields["to_department"].queryset


def test_a_file_of_20_mb_is_refused_by_its_size_and_nothing_is_kept(
    as_agent: Client, agent: Person, case_with: Cases, settings: Any
) -> None:
    case = case_with(owner=agent)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(20 * 1024 * 1024)
    refused = as_agent.post(
        f"/act/cases/{case.pk}/do/attach/",
        {"version": case.version, "file": SimpleUploadedFile("光猫.png", picture)},
    )
    page = refused.content.decode()
    assert "zy-error" in page
    assert "20.0 MB" in page
    assert not case.attachments.exists()
    assert not list(Path(settings.MEDIA_ROOT).rglob("cases/*/*"))
