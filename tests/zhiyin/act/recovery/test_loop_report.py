"""The loop report: known cases give known numbers, the same on page, API and file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.act.recovery.conftest import Time
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.act.cases.models import Case, State
from zhiyin.act.recovery.models import LoopSettings
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    NewEvent,
    get_or_create_customer,
    record_events,
)
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Loop:
    """Makes detractors with cases, and their later answers, row by row."""

    def __init__(self, organisation: Organisation, make: Callable[..., Case]) -> None:
        self.organisation, self.make = organisation, make
        instrument = create_standard_instrument(
            organisation=organisation, standard="nps-transactional"
        )
        self.version = instrument.versions.get()
        self.department = add_department(
            organisation=organisation, name="网络部", code="net"
        )
        self.number = 0

    def answer(self, customer: Customer, score: int, at: dt.datetime) -> None:
        response = Response.objects.create(
            organisation=self.organisation, instrument_version=self.version,
            customer=customer, responded_at=at, stream="transactional",
        )  # fmt: skip
        Answer.objects.create(
            response=response, item="nps", kind="scale", is_primary=True, score=score,
            scale_min=0, scale_max=10, detractor_max=6, promoter_min=9,
        )  # fmt: skip

    def detractor(self, *, later: int | None, **case: Any) -> Customer:
        """Make a customer with a case of 60 days ago and perhaps a later score."""
        self.number += 1
        customer = get_or_create_customer(
            organisation=self.organisation, key=f"A-{self.number}"
        )
        opened = clock.now() - 60 * DAY
        values = {
            "opened_at": opened, "contact_by": opened + 24 * HOUR,
            "resolve_by": opened + 72 * HOUR, "department": self.department,
        } | case  # fmt: skip
        self.make(customer, **values)
        if later is not None:
            self.answer(customer, later, opened + 10 * DAY)
        return customer


@pytest.fixture
def loop(
    organisation: Organisation, case_of: Callable[..., Case], time: Time
) -> dict[str, Any]:
    """40 contacted of whom 24 convert, 30 unreached of whom 9 do; and their clocks."""
    made = Loop(organisation, case_of)
    opened = time.moment - 60 * DAY
    for number in range(40):
        made.detractor(
            later=9 if number < 24 else 3,
            contacted_at=opened + (2 if number < 36 else 30) * HOUR,
            resolved_at=opened + 48 * HOUR,
            closed_at=opened + (50 if number < 30 else 100) * HOUR,
            customer_told=number < 20,
        )
    for number in range(30):
        made.detractor(
            later=8 if number < 9 else 2, state=State.CLOSED, outcome="unreachable",
            closed_at=opened + 72 * HOUR,
        )  # fmt: skip
    return {"loop": made, "opened": opened}


def numbers(client: Client, query: str = "period=90d") -> dict[str, Any]:
    answer = client.get(f"/api/v1/loop?{query}")
    assert answer.status_code == 200, answer.content
    payload: dict[str, Any] = answer.json()
    return payload


@pytest.mark.usefixtures("loop")
def test_known_cases_give_known_numbers_on_page_api_and_file(
    client_of: Callable[[Person], Client], person_with: Callable[..., Person]
):
    client = client_of(person_with())
    payload = numbers(client)
    measures = payload["measures"]
    assert payload["cases"] == 70
    # 30 of 40 contacted and the 30 closed to the hour were settled by 72 hours.
    assert measures["closed_loop"]["value"] == pytest.approx(60 / 70)
    assert measures["closed_loop"]["n"] == 70
    assert measures["closed_loop"]["lower"] == pytest.approx(0.7567, abs=1e-4)
    assert measures["contact_clock"]["value"] == pytest.approx(36 / 70)
    assert measures["told"]["value"] == pytest.approx(20 / 70)
    assert measures["to_contact_p50"]["value"] == pytest.approx(2.0)
    assert measures["to_contact_p90"]["value"] is None, "so many were not reached yet"
    assert measures["to_close_p50"]["value"] == pytest.approx(72.0)

    found = payload["conversion"]
    assert {(c["before"], c["after"]): c["n"] for c in found["matrix"] if c["n"]} == {
        ("detractor", "promoter"): 24,
        ("detractor", "detractor"): 16,
    }
    assert found["contacted"]["value"] == pytest.approx(0.6)
    assert found["left_alone"]["value"] == pytest.approx(0.3)
    assert found["difference"]["value"] == pytest.approx(0.3)
    # Newcombe's method 10 from Wilson's ends .4460 of 24/40 and .4788 of 9/30:
    # .3 - sqrt((.6 - .4460)^2 + (.4788 - .3)^2).
    assert found["difference"]["lower"] == pytest.approx(0.0640, abs=1e-4)
    assert found["verdict"] == "rose"

    page = client.get("/act/loop/?period=90d").content.decode()
    tile = page[page.index('id="measure-closed_loop"') :]
    assert "85.7%" in tile[:1200]
    assert "n 70" in tile[:1200]
    assert "+30.0" in page[page.index('id="control"') :]

    sheet = client.get("/act/loop.csv?period=90d").content.decode("utf-8-sig")
    rows = {tuple(row[:2]): row for row in csv.reader(io.StringIO(sheet)) if row}
    line = rows["闭环", "闭环率"]
    assert float(line[2]) == pytest.approx(measures["closed_loop"]["value"], abs=1e-6)
    assert line[6] == "70"


@pytest.mark.usefixtures("loop")
def test_too_few_cases_have_no_number_and_no_verdict(
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
    organisation: Organisation,
):  # fmt: skip
    organisation.minimum_n_score, organisation.minimum_n_rank = 50, 100
    organisation.save()
    client = client_of(person_with())
    found = numbers(client)["conversion"]
    assert found["contacted"]["value"] is None
    assert found["contacted"]["n"] == 40
    assert found["difference"] is None
    assert found["verdict"] is None
    page = client.get("/act/loop/").content.decode()
    assert re.search(r"40 */? *50|50.{0,8}40|40.{0,8}50", page)
    assert "+30.0" not in page


def test_without_a_difference_the_answer_is_no_detectable_change(
    organisation: Organisation, case_of: Callable[..., Case], time: Time,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    made = Loop(organisation, case_of)
    for number in range(60):
        contacted = time.moment - 59 * DAY if number % 2 else None
        made.detractor(
            later=9 if number % 5 < 2 else 4, contacted_at=contacted,
            closed_at=time.moment - 58 * DAY,
        )  # fmt: skip
    # Detractors who never had a case stand on the other side too.
    for number in range(20):
        customer = get_or_create_customer(organisation=organisation, key=f"B-{number}")
        made.answer(customer, 3, time.moment - 50 * DAY)
        made.answer(customer, 9 if number < 8 else 4, time.moment - 30 * DAY)
    found = numbers(client_of(person_with()))["conversion"]
    assert found["left_alone"]["n"] == 50
    assert found["verdict"] == "no_detectable_change"


def test_saved_customers_and_revenue_at_risk_say_what_is_missing_until_it_is_told(
    organisation: Organisation, case_of: Callable[..., Case], time: Time,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    made = Loop(organisation, case_of)
    opened = time.moment - 100 * DAY
    for number in range(80):
        contacted = opened + HOUR if number < 40 else None
        made.detractor(later=None, opened_at=opened, contacted_at=contacted)
    client = client_of(person_with())
    first = numbers(client, "period=365d")
    assert [each["missing"] for each in first["saved"]] == ["no_events"] * 2
    assert first["revenue_at_risk"]["missing"] == "no_field"
    leaving = [*range(4), *range(40, 56)]
    events = [
        NewEvent(
            customer=f"A-{number + 1}", kind="order.terminated", key=f"left-{number}",
            occurred_at=opened + 40 * DAY,
        )
        for number in leaving
    ]  # fmt: skip
    record_events(organisation=organisation, events=events)
    ninety, half_year = numbers(client, "period=365d")["saved"]
    # (16/40 - 4/40) x 40 contacted.
    assert ninety["saved"]["value"] == pytest.approx(12)
    assert 0 < ninety["saved"]["lower"] < 12 < ninety["saved"]["upper"]
    assert ninety["verdict"] == "rose"
    assert half_year["missing"] == "too_early"


def test_saved_customers_are_compared_with_those_left_alone_of_their_value_tier(
    organisation: Organisation, case_of: Callable[..., Case], time: Time,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    made = Loop(organisation, case_of)
    opened = time.moment - 100 * DAY
    events = []
    for tier, is_contacted, number, left in (
        ("高", True, 20, 1), ("高", False, 20, 5), ("低", True, 10, 2),
        ("低", False, 30, 6), ("中", True, 2, 0),
    ):  # fmt: skip
        for place in range(number):
            customer = made.detractor(
                later=None, opened_at=opened, value_tier=tier,
                contacted_at=opened + HOUR if is_contacted else None,
            )  # fmt: skip
            if place < left:
                at = opened + 40 * DAY
                event = NewEvent(
                    customer=f"A-{made.number}", kind="order.terminated",
                    key=f"left-{customer.pk}", occurred_at=at,
                )  # fmt: skip
                events.append(event)
    record_events(organisation=organisation, events=events)
    client = client_of(person_with())
    ninety = numbers(client, "period=365d")["saved"][0]
    # (5/20 - 1/20) x 20 + (6/30 - 2/10) x 10; all together it would be 3.6.
    assert ninety["saved"]["value"] == pytest.approx(4)
    assert (ninety["tiers"], ninety["contacted_not_compared"]) == (2, 2)
    page = client.get("/act/loop/?period=365d").content.decode()
    assert "2 个价值等级" in page


def test_colleagues_are_compared_from_thirty_cases_on_and_only_by_who_leads(
    organisation: Organisation, case_of: Callable[..., Case], time: Time,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    made = Loop(organisation, case_of)
    busy, new = person_with(Role.AGENT), person_with(Role.AGENT)
    for number in range(35):
        made.detractor(later=None, owner=busy if number < 31 else new)
    found = numbers(client_of(person_with()), "period=90d&by=person")
    assert [(each["name"], each["cases"]) for each in found["groups"]] == [
        (busy.name, 31)
    ]
    assert found["groups_hidden"] == 1
    assert client_of(busy).get("/api/v1/loop?by=person").status_code == 403
    assert client_of(busy).get("/api/v1/loop?period=3d").status_code == 422


def test_a_role_in_a_department_reports_on_that_department_alone(
    organisation: Organisation, case_of: Callable[..., Case], time: Time,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    made = Loop(organisation, case_of)
    made.detractor(later=None)
    other = add_department(organisation=organisation, name="X", code="x")
    made.detractor(later=None, department=other)
    assert numbers(client_of(person_with()))["cases"] == 2
    own = person_with(Role.DEPT_OWNER, department=other)
    assert numbers(client_of(own))["cases"] == 1


def test_revenue_at_risk_is_the_years_revenue_times_the_stated_share(
    organisation: Organisation, case_of: Callable[..., Case], time: Time,
    client_of: Callable[[Person], Client], person_with: Callable[..., Person],
):  # fmt: skip
    LoopSettings.objects.create(
        organisation=organisation, revenue_field="fee", yearly_leaving=0.3
    )
    case_of(state=State.NEW, closed_at=None)
    found = numbers(client_of(person_with()))["revenue_at_risk"]
    assert (found["open_cases"], found["missing"]) == (1, "no_revenue")
