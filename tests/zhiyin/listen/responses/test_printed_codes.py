"""Codes printed for halls and employees, and the answers given through them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.listen.programs.models import LinkCode, SurveyLink
from zhiyin.listen.responses.models import Response

GiveScore = Callable[..., str]


@pytest.fixture
def hall(organisation: Organisation) -> Department:
    return Department.objects.create(
        organisation=organisation, code="xuhui", name="徐汇营业厅"
    )


@pytest.fixture
def staff(
    person_with: Callable[..., Person], client_of: Callable[[Person], Client]
) -> Client:
    return client_of(person_with(Role.CX_MANAGER))


@pytest.mark.requirement("R004-78")
def test_answer_at_a_printed_code_belongs_to_the_hall_and_the_employee(
    staff: Client,
    client: Client,
    link: SurveyLink,
    hall: Department,
    give_score: GiveScore,
) -> None:
    codes = f"/listen/links/{link.pk}/codes/"
    sent = {"departments": [hall.pk], "employees": "A001\nA002"}
    assert staff.post(codes, sent)["Location"] == codes
    # Printed codes stay whoever's they are.
    staff.post(codes, sent)
    assert LinkCode.objects.count() == 2
    code = LinkCode.objects.get(employee="A002")
    address = f"/s/{link.slug}/c/{code.code}/"
    sheet = staff.get(f"{codes}print/").content.decode()
    assert sheet.count("<svg") == 2
    assert f"http://testserver{address}" in sheet
    following = give_score(client, address, 9)
    assert client.get(following).status_code == 200
    response = Response.objects.get()
    assert response.department == hall
    assert (response.employee, response.channel) == ("A002", "qr")
    give_score(client, address, 3)
    code.refresh_from_db()
    assert code.answered == 2


def test_address_cannot_be_changed_to_speak_for_another(
    staff: Client, client: Client, link: SurveyLink, hall: Department
) -> None:
    staff.post(f"/listen/links/{link.pk}/codes/", {"departments": [hall.pk]})
    code = LinkCode.objects.get()
    assert client.get(f"/s/{link.slug}/c/{hall.code}/").status_code == 404
    address = f"/s/{link.slug}/c/{code.code}/"
    assert client.get(f"{address}privacy/").status_code == 200
    staff.post(f"/listen/links/{link.pk}/codes/{code.code}/active/", {"active": "0"})
    assert client.get(address).status_code == 404


def test_nobody_to_print_for_is_refused_with_a_reason(
    staff: Client, link: SurveyLink
) -> None:
    page = staff.post(f"/listen/links/{link.pk}/codes/", {"employees": " "})
    assert "请选择部门或填写员工" in page.content.decode()
    assert not LinkCode.objects.exists()
