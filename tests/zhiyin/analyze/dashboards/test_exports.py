"""What is handed out: the same numbers, safe to open, by permission, recorded."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.zhiyin.analyze.dashboards.world import World, mixed
from zhiyin.accounts.models import AuditEntry, Person, Role

pytestmark = pytest.mark.django_db

MakePerson = Callable[..., Person]
ClientOf = Callable[[Person], Client]
KINDS = ["scores", "table", "compare", "voices"]


@pytest.fixture
def client(person_with: MakePerson, client_of: ClientOf) -> Client:
    return client_of(person_with())


@pytest.fixture
def answered(world: World) -> World:
    world.field("region", "省份")
    world.answer(mixed(90, 40, 20), attributes={"region": "东"}, comment="信号好")
    world.answer(mixed(40, 40, 70), attributes={"region": "西"}, comment="断线")
    world.answer(mixed(0, 0, 12), attributes={"region": "岛"})
    world.sync()
    return world


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def body_of(rows: list[list[Any]]) -> list[list[Any]]:
    """Return the rows under the headers, which follow the first empty row."""
    empty = next(at for at, row in enumerate(rows) if not any(row))
    return rows[empty + 2 :]


def test_csv_and_workbook_carry_the_number_of_the_api(
    answered: World, client: Client
) -> None:
    found = client.get("/api/v1/scores").json()
    wanted = [found[name] for name in ("value", "std_error", "lower", "upper", "n")]
    texts = body_of(csv_rows(client.get("/analyze/scores.csv").content))
    assert [float(cell) for cell in texts[0][2:7]] == pytest.approx(wanted, abs=1e-6)
    cells = body_of(xlsx_rows(client.get("/analyze/scores.xlsx").content))
    assert list(cells[0][2:7]) == pytest.approx(wanted, abs=1e-6)
    assert [row[0] for row in texts[1:4]] == ["推荐者", "被动者", "贬损者"]


def test_table_is_handed_out_with_intervals_and_verdicts_and_without_small_groups(
    answered: World, client: Client
) -> None:
    response = client.get("/analyze/table.csv?by=a_region")
    rows = {row[0]: row for row in body_of(csv_rows(response.content))}
    api = client.get("/api/v1/scores/table?by=a_region").json()["groups"]
    for group in api:
        row = rows[group["label"]]
        assert int(row[6]) == group["n"]
        if group["value"] is None:
            assert row[2:6] == ["", "", "", ""]
            continue
        numbers = [group[name] for name in ("value", "std_error", "lower", "upper")]
        assert [float(cell) for cell in row[2:6]] == pytest.approx(numbers, abs=1e-6)
        assert float(row[12]) == pytest.approx(group["against_rest"]["q"], abs=1e-6)
    assert "-100" not in response.content.decode()


def test_comparison_and_comments_are_handed_out_too(
    answered: World, client: Client
) -> None:
    query = "between=a_region&a=%E4%B8%9C&b=%E8%A5%BF"
    rows = csv_rows(client.get(f"/analyze/compare.csv?{query}").content)
    assert any("A 更高" in cell for row in rows for cell in row)
    assert [row[1] for row in body_of(rows)] == ["东", "西"]
    quotes = body_of(csv_rows(client.get("/analyze/voices.csv?words=断").content))
    assert len(quotes) == 150
    assert {row[3] for row in quotes} == {"断线"}
    assert {row[-1] for row in quotes} == {"西"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_formula_in_a_label_or_a_comment_stays_text(
    world: World, client: Client, ending: str
) -> None:
    world.field("region", "=HYPERLINK(1)")
    bad = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1+2"]
    for text in bad:
        world.answer([9] * 40, attributes={"region": text}, comment=text)
    world.sync()
    for address in (f"table.{ending}?by=a_region", f"voices.{ending}"):
        content = client.get(f"/analyze/{address}").content
        if ending == "csv":
            cells = [cell for row in csv_rows(content) for cell in row]
            texts = [cell for cell in cells if not _is_number(cell)]
            assert not [c for c in texts if c.lstrip().startswith(("=", "+", "-", "@"))]
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
            assert "f" not in kinds


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_every_export_is_recorded_with_what_was_selected(
    answered: World, client: Client, kind: str
) -> None:
    client.get(f"/analyze/{kind}.csv?period=90d&a_region=%E8%A5%BF")
    entry = AuditEntry.objects.get(action=f"{kind}.exported")
    assert "a_region" in str(entry.detail)
    assert entry.actor is not None


@pytest.mark.parametrize("role", list(Role))
def test_only_who_may_export_gets_the_button_and_the_file(
    answered: World, person_with: MakePerson, client_of: ClientOf, role: Role
) -> None:
    person = person_with(role)
    client = client_of(person)
    allowed = 200 if person.may("export_data") else 403
    for kind in ("scores", "table", "compare"):
        assert client.get(f"/analyze/{kind}.csv").status_code == allowed
    if person.may("see_scores"):
        html = client.get("/analyze/scores/").content.decode()
        assert ("/analyze/scores.csv" in html) == (allowed == 200)
    if allowed == 403:
        assert not AuditEntry.objects.filter(action__endswith=".exported").exists()


def test_export_of_a_department_holds_that_department(
    world: World, person_with: MakePerson, client_of: ClientOf
) -> None:
    world.answer(mixed(40, 0, 0), department="east-1", comment="东")
    world.answer(mixed(0, 0, 50), department="west-1", comment="西")
    world.sync()
    owner = person_with(Role.DEPT_OWNER, department=world.departments["east"])
    rows = csv_rows(client_of(owner).get("/analyze/scores.csv").content)
    assert body_of(rows)[0][6] == "40"
    assert ["部门", "east分部"] in rows
    quotes = body_of(csv_rows(client_of(owner).get("/analyze/voices.csv").content))
    assert {row[3] for row in quotes} == {"东"}


def test_file_of_an_organisation_without_answers_does_not_exist(
    world: World, client: Client
) -> None:
    for kind in KINDS:
        assert client.get(f"/analyze/{kind}.csv").status_code == 404
