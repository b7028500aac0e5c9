"""The pages of people, departments, the organisation, the profile and the audit log."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhiyin.accounts.models import (
    AuditEntry,
    Department,
    Organisation,
    Person,
    Role,
)
from zhiyin.accounts.services import (
    Grant,
    add_department,
    add_person,
    create_api_token,
    record,
)

pytestmark = pytest.mark.django_db

ClientMaker = Callable[[Person], Client]
PersonMaker = Callable[..., Person]


@pytest.fixture
def administrator(person_with: PersonMaker, client_of: ClientMaker) -> Client:
    return client_of(person_with(Role.SYS_ADMIN))


@pytest.fixture
def halls(organisation: Organisation) -> Department:
    """halls > east."""
    above = add_department(organisation=organisation, code="halls", name="营业厅")
    add_department(
        organisation=organisation,
        code="east",
        name="东门厅",
        parent=above,
    )
    return above


def names_on(response) -> list[str]:
    return [each.name for each in response.context["page"]]


def test_people_are_found_by_name_role_and_department(
    administrator: Client,
    organisation: Organisation,
    halls: Department,
):
    east = Department.objects.get(code="east")
    for name, grant in (
        ("甲", Grant(Role.AGENT, east)),
        ("乙", Grant(Role.TEAM_LEAD, halls)),
        ("丙", Grant(Role.ANALYST)),
    ):
        add_person(
            organisation=organisation,
            email=f"{grant.role}@x.example",
            name=name,
            roles=[grant],
        )

    assert names_on(administrator.get("/settings/people/?q=丙")) == ["丙"]
    assert names_on(administrator.get("/settings/people/?q=AGENT@x")) == ["甲"]
    assert names_on(administrator.get("/settings/people/?role=team_lead")) == ["乙"]
    within = administrator.get(f"/settings/people/?department={halls.pk}")
    assert sorted(names_on(within)) == sorted(["甲", "乙"])
    both = administrator.get(f"/settings/people/?department={halls.pk}&role=analyst")
    assert names_on(both) == []


def test_a_nonsense_filter_shows_people_and_no_error(administrator: Client):
    page = administrator.get("/settings/people/?role=king&department=abc&page=-4")

    assert page.status_code == 200
    assert len(names_on(page)) == 1


def test_a_long_list_has_pages(administrator: Client, organisation: Organisation):
    Person.objects.bulk_create(
        Person(email=f"{n}@x.example", name=f"n{n:03}", organisation=organisation)
        for n in range(70)
    )

    assert len(names_on(administrator.get("/settings/people/"))) == 50
    assert len(names_on(administrator.get("/settings/people/?page=2"))) == 21


def test_the_list_of_people_costs_the_same_for_one_and_for_many(
    administrator: Client,
    organisation: Organisation,
    django_assert_max_num_queries: Callable[[int], object],
):
    for n in range(30):
        add_person(
            organisation=organisation,
            email=f"{n}@x.example",
            name=f"n{n}",
            roles=[Role.ANALYST],
        )

    with django_assert_max_num_queries(14):
        administrator.get("/settings/people/")


def test_an_administrator_gives_and_takes_a_role(
    administrator: Client,
    person_with: PersonMaker,
    halls: Department,
):
    person = person_with(Role.ANALYST)
    page = f"/settings/people/{person.pk}/"

    administrator.post(page, {"role": "agent", "department": halls.pk})
    given = person.role_assignments.get(role="agent")
    assert given.department == halls

    administrator.post(f"{page}roles/{given.pk}/remove/")
    assert [each.role for each in person.role_assignments.all()] == ["analyst"]


def test_a_role_is_taken_only_through_its_own_person(
    administrator: Client,
    person_with: PersonMaker,
):
    person, other = person_with(Role.ANALYST), person_with(Role.ANALYST)
    given = other.role_assignments.get()

    answer = administrator.post(
        f"/settings/people/{person.pk}/roles/{given.pk}/remove/"
    )

    assert answer.status_code == 404
    assert other.role_assignments.exists()


def test_deactivation_asks_first(administrator: Client, person_with: PersonMaker):
    person = person_with(Role.ANALYST)
    address = f"/settings/people/{person.pk}/deactivate/"

    administrator.get(address)
    person.refresh_from_db()
    assert person.is_active

    administrator.post(address)
    person.refresh_from_db()
    assert not person.is_active

    administrator.post(f"/settings/people/{person.pk}/reactivate/")
    person.refresh_from_db()
    assert person.is_active


def test_a_password_link_lets_somebody_in_without_mail(
    administrator: Client,
    person_with: PersonMaker,
):
    person = person_with(Role.ANALYST)

    page = administrator.post(f"/settings/people/{person.pk}/password/")

    link = page.context["link"].removeprefix("http://testserver")
    visitor = Client()
    form_address = visitor.get(link, follow=True).request["PATH_INFO"]
    new = {"password1": "staple-battery-9", "password2": "staple-battery-9"}
    visitor.post(form_address, new)
    person.refresh_from_db()
    assert person.check_password("staple-battery-9")
    assert "no-store" in page["Cache-Control"]
    assert AuditEntry.objects.filter(action="password.link_made").exists()


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


def test_organisation_settings_and_thresholds_have_their_own_keepers(
    administrator: Client,
    organisation: Organisation,
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    keeper = client_of(person_with(Role.CX_MANAGER))
    settings = {
        "name": "华星",
        "brand": "星",
        "language": "en",
        "time_zone": "Asia/Hong_Kong",
    }
    numbers = {"minimum_n_score": 20, "minimum_n_rank": 80, "reason": "pilot"}

    keeper.post("/settings/organisation/", settings)
    refused = administrator.post("/settings/organisation/thresholds/", numbers)
    organisation.refresh_from_db()
    assert (organisation.name, organisation.minimum_n_score) == ("华星通信", 30)
    assert refused.status_code == 403

    administrator.post("/settings/organisation/", settings)
    keeper.post("/settings/organisation/thresholds/", numbers)
    organisation.refresh_from_db()
    assert (organisation.name, organisation.brand) == ("华星", "星")
    assert (organisation.minimum_n_score, organisation.minimum_n_rank) == (20, 80)


def test_a_threshold_leaves_its_reason_and_both_numbers_in_the_log(
    organisation: Organisation,
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    keeper = client_of(person_with(Role.KPI_ADMIN))
    numbers = {"minimum_n_score": 20, "minimum_n_rank": 100}

    keeper.post("/settings/organisation/thresholds/", numbers)
    assert not AuditEntry.objects.filter(action="thresholds.changed").exists()

    keeper.post("/settings/organisation/thresholds/", numbers | {"reason": "pilot"})
    entry = AuditEntry.objects.get(action="thresholds.changed")
    assert entry.reason == "pilot"
    assert entry.detail["before"]["minimum_n_score"] == 30
    assert entry.detail["after"]["minimum_n_score"] == 20


def test_a_rank_never_needs_fewer_answers_than_a_score(
    person_with: PersonMaker,
    client_of: ClientMaker,
    organisation: Organisation,
):
    keeper = client_of(person_with(Role.KPI_ADMIN))
    numbers = {"minimum_n_score": 50, "minimum_n_rank": 40, "reason": "x"}

    page = keeper.post("/settings/organisation/thresholds/", numbers)

    assert "minimum_n_rank" in page.context["thresholds"].errors
    organisation.refresh_from_db()
    assert organisation.minimum_n_score == 30


def test_a_profile_is_saved_and_speaks_at_once(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    person = person_with()
    form = {
        "name": "新名",
        "language": "en",
        "time_zone": "Europe/Berlin",
        "theme": "dark",
    }

    page = client_of(person).post("/settings/profile/", form, follow=True)

    person.refresh_from_db()
    assert (person.name, person.time_zone, person.theme) == (
        "新名",
        "Europe/Berlin",
        "dark",
    )
    assert "Your profile was saved." in page.content.decode()
    assert 'data-theme="dark"' in page.content.decode()


def test_times_are_shown_in_the_persons_zone(
    organisation: Organisation,
    person_with: PersonMaker,
    client_of: ClientMaker,
    monkeypatch: pytest.MonkeyPatch,
):
    moment = dt.datetime(2026, 3, 1, 20, 30, tzinfo=dt.UTC)
    monkeypatch.setattr("zhiyin.common.clock.now", lambda: moment)
    record(action="lake.rebuilt", organisation=organisation)

    for zone, shown in (("Asia/Shanghai", "03-02 04:30"), ("UTC", "03-01 20:30")):
        person = person_with(Role.SYS_ADMIN, time_zone=zone)
        assert shown in client_of(person).get("/settings/audit/").content.decode()


def test_logging_out_elsewhere_keeps_this_device(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    person = person_with()
    here, elsewhere = client_of(person), client_of(person)

    here.post("/settings/profile/sessions/end/")

    assert here.get("/settings/profile/").status_code == 200
    assert elsewhere.get("/settings/profile/").status_code == 302


def test_a_token_is_shown_once(person_with: PersonMaker, client_of: ClientMaker):
    client = client_of(person_with())

    made = client.post("/settings/tokens/", {"name": "notebook"})
    secret = made.context["made"].secret

    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert secret not in client.get("/settings/tokens/").content.decode()


def test_a_token_is_revoked_only_by_its_owner(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    owner, colleague = person_with(), person_with(Role.SYS_ADMIN)
    token = create_api_token(person=owner, name="notebook").token
    address = f"/settings/tokens/{token.pk}/revoke/"

    assert client_of(colleague).post(address).status_code == 404
    client_of(owner).post(address)
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_log_is_narrowed_by_person_action_object_and_period(
    administrator: Client,
    organisation: Organisation,
    person_with: PersonMaker,
    monkeypatch: pytest.MonkeyPatch,
):
    actor = person_with()
    for day in (1, 2, 3):
        moment = dt.datetime(2026, 3, day, 4, tzinfo=dt.UTC)
        monkeypatch.setattr("zhiyin.common.clock.now", lambda moment=moment: moment)
        record(action=f"thing.did_{day}", actor=actor, target=organisation)

    def actions(query: str) -> list[str]:
        page = administrator.get(f"/settings/audit/?{query}")
        return [row["entry"].action for row in page.context["rows"]]

    mine = f"person={actor.pk}"
    assert actions(mine) == ["thing.did_3", "thing.did_2", "thing.did_1"]
    assert actions("action=thing.did_2") == ["thing.did_2"]
    assert actions(f"{mine}&since=2026-03-02") == ["thing.did_3", "thing.did_2"]
    assert actions(f"{mine}&until=2026-03-02") == ["thing.did_2", "thing.did_1"]
    assert len(actions("object=accounts.Organisation")) == 3
    assert len(actions("since=nonsense&action=unknown")) >= 3


def test_the_exported_log_is_what_is_seen_and_the_export_is_recorded(
    administrator: Client,
    organisation: Organisation,
):
    record(action="thing.did", organisation=organisation, reason="=1+1")

    answer = administrator.post("/settings/audit/export/?action=thing.did")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["action"] for row in rows] == ["thing.did"]
    assert rows[0]["reason"] == "'=1+1"
    entry = AuditEntry.objects.get(action="audit.exported")
    assert entry.detail == {"rows": 1, "filters": {"action": "thing.did"}}


def test_every_page_of_accounts_stands_in_three_languages(
    person_with: PersonMaker,
    client_of: ClientMaker,
    halls: Department,
):
    everybody = person_with(Role.SYS_ADMIN)
    words = {"zh-hans": "审计日志", "zh-hant": "稽核日誌", "en": "Audit log"}

    for language, word in words.items():
        everybody.language = language
        everybody.save()
        page = client_of(everybody).get("/settings/audit/")
        assert f"<h1>{word}</h1>" in page.content.decode()
        assert page["Content-Language"] == language
