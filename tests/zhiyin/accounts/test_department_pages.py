"""The pages of the department tree."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhiyin.accounts.models import Department, Organisation, Role
from zhiyin.accounts.services import Grant, add_department, add_person

pytestmark = pytest.mark.django_db


def test_the_tree_counts_people_here_and_below_once_each(
    administrator: Client,
    organisation: Organisation,
    halls: Department,
):
    east = Department.objects.get(code="east")
    add_person(
        organisation=organisation,
        email="a@x.example",
        name="甲",
        roles=[Grant(Role.AGENT, east), Grant(Role.TEAM_LEAD, halls)],
    )

    rows = administrator.get("/settings/departments/").context["rows"]

    counts = {r.department.code: (r.people, r.people_below) for r in rows}
    assert counts == {"halls": (1, 1), "east": (1, 1)}


def test_a_search_in_the_tree_keeps_what_stands_above(
    administrator: Client,
    organisation: Organisation,
    halls: Department,
):
    add_department(organisation=organisation, code="net", name="网络部")

    rows = administrator.get("/settings/departments/?q=东门").context["rows"]

    assert [(r.department.code, r.is_found) for r in rows] == [
        ("halls", False),
        ("east", True),
    ]


def test_a_department_is_added_renamed_and_moved_on_the_pages(
    administrator: Client,
    halls: Department,
):
    add = {"name": "西区厅", "code": "west", "parent": ""}
    administrator.post("/settings/departments/add/", add)
    west = Department.objects.get(code="west")

    rename = {"name": "西区营业厅", "code": "west"}
    administrator.post(f"/settings/departments/{west.pk}/", rename)
    move = {"parent": halls.pk}
    administrator.post(f"/settings/departments/{west.pk}/move/", move)

    west.refresh_from_db()
    assert (west.name, west.parent) == ("西区营业厅", halls)
    assert west.path == f"{halls.path}{west.pk}/"


def test_a_code_already_in_use_is_told_at_its_field(
    administrator: Client,
    halls: Department,
):
    form = {"name": "又一个", "code": "halls", "parent": ""}

    page = administrator.post("/settings/departments/add/", form)

    assert "code" in page.context["form"].errors


def test_a_department_moves_nowhere_below_itself_on_the_page(
    administrator: Client,
    halls: Department,
):
    east = Department.objects.get(code="east")

    page = administrator.post(
        f"/settings/departments/{halls.pk}/move/",
        {"parent": east.pk},
    )

    assert page.context["form"].errors
    halls.refresh_from_db()
    assert halls.parent is None


def test_a_file_of_departments_goes_out_and_comes_back(
    administrator: Client,
    halls: Department,
):
    out = administrator.post("/settings/departments/export/")
    assert out["Content-Disposition"].startswith("attachment")
    edited = out.content.decode("utf-8-sig") + "west,西区厅,halls\r\n"
    file = SimpleUploadedFile("d.csv", edited.encode())

    administrator.post("/settings/departments/import/", {"file": file})

    assert Department.objects.get(code="west").parent == halls


def test_a_faulty_file_is_refused_with_its_line(administrator: Client):
    file = SimpleUploadedFile("d.csv", b"code,name,parent_code\nx,X,nowhere\n")

    page = administrator.post("/settings/departments/import/", {"file": file})

    assert "nowhere" in " ".join(page.context["form"].non_field_errors())
    assert not Department.objects.exists()
