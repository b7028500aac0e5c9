"""Cleaning from the page: look, take out, put back; nothing is lost on the way."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from zhiyin.accounts.models import AuditEntry, Department, Organisation, Role
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import get_or_create_customers
from zhiyin.listen.quality.models import CleaningRun
from zhiyin.listen.quality.services import start_nightly_runs, work_next
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC)
DAYS = {"since": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def client(person_with: Any, client_of: Any) -> Client:
    found: Client = client_of(person_with(Role.CX_MANAGER))
    return found


@pytest.fixture
def answers(organisation: Organisation) -> list[Response]:
    """Forty answers: two of one customer, one of a tester, a dozen in a burst."""
    create_standard_instrument(organisation=organisation)
    version = InstrumentVersion.objects.get()
    keys = [f"138001300{number:02d}" for number in range(39)]
    ids = list(get_or_create_customers(organisation=organisation, keys=keys).values())
    Customer.objects.filter(pk=ids[5]).update(is_test=True)
    made = Response.objects.bulk_create(
        Response(
            organisation=organisation,
            instrument_version=version,
            customer_id=ids[max(0, number - 1)],
            responded_at=NOON - dt.timedelta(minutes=400 - number),
            stream="relationship",
            comment="给十分返话费,谢谢" if number >= 28 else "",
        )
        for number in range(40)
    )
    Answer.objects.bulk_create(
        Answer(
            response=one, item="nps", kind="nps", is_primary=True,
            score=10 if one.comment else 6, scale_min=0, scale_max=10,
            detractor_max=6, promoter_min=9,
        )
        for one in made
    )  # fmt: skip
    return made


def rules(**more: Any) -> dict[str, Any]:
    return {
        "keep": "1", "test_is_on": "on", "employee_is_on": "on",
        "duplicate_is_on": "on", "duplicate_hours": 24, "late_is_on": "on",
        "late_grace_hours": 0, "burst_is_on": "on", "burst_answers": 10,
        "burst_minutes": 60, "burst_characters": 6, "speeder_is_on": "on",
        "speeder_deviations": 2.5, "speeder_least": 100, "straight_lining_items": 6,
        **more,
    }  # fmt: skip


def look(client: Client) -> CleaningRun:
    client.post(reverse("cleaning"), {**DAYS, "look": "1"})
    while work_next():
        pass
    return CleaningRun.objects.first()  # type: ignore[return-value]


def turn(client: Client, run: CleaningRun, what: str) -> None:
    client.post(reverse("cleaning-turn", args=[run.pk, what]))
    while work_next():
        pass
    run.refresh_from_db()


def out() -> dict[str, int]:
    names = Response.objects.exclude(excluded="").values_list("excluded", flat=True)
    return {name: list(names).count(name) for name in set(names)}


@pytest.mark.requirement("R000-35")
def test_answers_are_looked_at_taken_out_and_put_back(
    client: Client, answers: list[Response]
):
    run = look(client)
    assert run.counts == {"test": 1, "duplicate": 1, "burst": 12}
    assert run.judged == 40
    assert out() == {}
    page = client.get(reverse("cleaning-run", args=[run.pk])).content.decode()
    assert "测试号" in page
    assert "13800130005" not in page
    effect = run.effect["relationship"]
    assert (effect["before"]["n"], effect["after"]["n"]) == (40, 26)
    assert effect["before"]["value"] == pytest.approx(-40)
    assert effect["after"]["value"] == pytest.approx(-100)
    turn(client, run, "apply")
    assert out() == {"test": 1, "duplicate": 1, "suspected_spam": 12}
    assert run.state == "applied"
    turn(client, run, "undo")
    assert (out(), run.state) == ({}, "undone")
    assert look(client).counts == run.counts
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions >= {"cleaning.started", "cleaning.applied", "cleaning.undone"}


def test_what_a_person_put_back_or_took_out_stays_as_it_is(
    client: Client, answers: list[Response]
):
    Response.objects.filter(pk=answers[1].pk).update(excluded="other")
    run = look(client)
    assert "duplicate" not in run.counts
    turn(client, run, "apply")
    Response.objects.filter(pk=answers[39].pk).update(excluded="")
    again = look(client)
    assert again.counts == {}
    turn(client, run, "undo")
    assert out() == {"other": 1}


def test_a_killed_step_is_done_again_without_harm(
    client: Client, answers: list[Response], monkeypatch: pytest.MonkeyPatch
):
    run = look(client)
    client.post(reverse("cleaning-turn", args=[run.pk, "apply"]))
    # As a worker leaves it that was killed after its claim.
    CleaningRun.objects.filter(pk=run.pk).update(claimed_at=NOON)
    assert not work_next()
    monkeypatch.setattr(clock, "now", lambda: NOON + dt.timedelta(minutes=11))
    assert work_next()
    assert sum(out().values()) == 14


def test_rules_are_kept_and_numbers_out_of_range_are_refused(
    client: Client, organisation: Organisation, answers: list[Response]
):
    wrong = client.post(reverse("cleaning"), rules(burst_answers=1))
    assert "3" in wrong.context["form"].errors["burst_answers"][0]
    client.post(reverse("cleaning"), rules(burst_is_on="", is_automatic="on"))
    assert start_nightly_runs()
    assert not start_nightly_runs()
    while work_next():
        pass
    assert out() == {"test": 1, "duplicate": 1}


def test_days_in_the_wrong_order_are_refused(client: Client):
    turned = {"since": "2026-11-30", "until": "2026-11-01", "look": "1"}
    page = client.post(reverse("cleaning"), turned)
    assert page.context["days"].errors["until"]
    assert not CleaningRun.objects.exists()


def test_what_was_found_goes_out_masked_and_recorded(
    client: Client, answers: list[Response]
):
    run = look(client)
    file = client.post(reverse("cleaning-export", args=[run.pk]))
    sheet = b"".join(file).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert len(rows) == 14
    assert all("****" in row["customer"] for row in rows)
    assert AuditEntry.objects.get(action="cleaning.exported").detail["rows"] == 14


def test_a_role_in_one_department_does_not_clean_for_all(
    organisation: Organisation, person_with: Any, client_of: Any
):
    shop = Department.objects.create(organisation=organisation, name="营业厅")
    person = person_with(Role.CX_MANAGER, department=shop)
    assert client_of(person).get(reverse("cleaning")).status_code == 403
