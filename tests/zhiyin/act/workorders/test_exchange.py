"""A case in two systems: told over real HTTP, heard through the API, merged by rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.channels.receiver import Receiver, receiving
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.accounts.services import add_department, create_api_token
from zhiyin.act.cases.models import Case, Cause, State
from zhiyin.act.cases.services import (
    Matter,
    acknowledge_case,
    assign_case,
    comment_case,
    load_defaults,
    open_case,
)
from zhiyin.act.workorders.models import Conflict, WorkOrder, WorkOrderSystem
from zhiyin.act.workorders.services import tell_systems
from zhiyin.channels.models import WebhookEndpoint, WebhookEvent
from zhiyin.channels.services import call_due, save_endpoint
from zhiyin.listen.customers.services import get_or_create_customer

pytestmark = pytest.mark.django_db
PAGES = "/act/work-orders/"
Put = Callable[..., Any]


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    """The operator's own system, which is told things over HTTP."""
    settings.WEBHOOK_ALLOW = ["127.0.0.0/8"]
    with receiving() as told:
        yield told


@pytest.fixture
def manager(person_with: Callable[..., Person]) -> Person:
    return person_with(Role.CX_MANAGER)


@pytest.fixture
def pages(manager: Person, client_of: Callable[[Person], Client]) -> Client:
    return client_of(manager)


@pytest.fixture
def system(
    organisation: Organisation, manager: Person, pages: Client, other: Receiver
) -> WorkOrderSystem:
    """A system connected through its page, which exchanges cases."""
    load_defaults(organisation=organisation)
    endpoint = WebhookEndpoint(
        organisation=organisation,
        name="工单",
        url=other.url,
        events=[WebhookEvent.WORK_ORDER],
    )
    save_endpoint(endpoint=endpoint, by=manager)
    sent = pages.post(
        f"{PAGES}systems/new/",
        {
            "name": "省公司工单",
            "code": "eoms",
            "endpoint": endpoint.pk,
            "condition-join": "all",
            "names": "state = status\nowner = handler",
            "states_out": "in_progress = PROCESSING",
            "states_in": "PROCESSING = in_progress\nDONE = resolved",
            **{
                f"winner_{name}": "theirs"
                for name in (
                    "state",
                    "department",
                    "owner",
                    "need_type",
                    "causes",
                    "action_taken",
                    "customer_told",
                )
            },
            "winner_contact_result": "newest",
        },
    )
    assert sent.status_code == 302, sent.context["form"].errors
    made = WorkOrderSystem.objects.get()
    pages.post(f"{PAGES}systems/{made.pk}/live/", {"live": "1"})
    made.refresh_from_db()
    assert made.is_live
    return made


@pytest.fixture
def put(manager: Person) -> Put:
    token = create_api_token(person=manager, name="eoms", scopes=["*"]).secret

    def call(external: str, **payload: Any) -> Any:
        return Client().put(
            f"/api/v1/work-orders/eoms/{external}",
            json.dumps(payload),
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )

    return call


@pytest.fixture
def case(system: WorkOrderSystem, organisation: Organisation, manager: Person) -> Case:
    customer = get_or_create_customer(organisation=organisation, key="C-1")
    matter = Matter(summary="断网三天", customer=customer, owner=manager)
    return open_case(organisation=organisation, matter=matter, by=manager)


def told(other: Receiver) -> list[dict[str, Any]]:
    """Tell what is due, and return what the other system has received so far."""
    while tell_systems():
        pass
    while call_due():
        pass
    return [json.loads(body)["data"] for _headers, body in other.calls]


def test_a_new_case_is_told_once_in_their_words_and_then_only_what_changed(
    other: Receiver, case: Case, manager: Person
):
    [first] = told(other)
    assert first["number"] == case.number
    assert first["external_id"] is None
    assert first["fields"]["status"] == "assigned"
    assert first["fields"]["handler"] == manager.email
    assert first["customer"] != "C-1" or len("C-1") <= 4
    assert told(other) == [first]

    comment_case(case=case, by=manager, text="已联系装维")
    acknowledge_case(case=case, by=manager)
    *_before, last = told(other)
    assert [each["text"] for each in last["comments"]] == ["已联系装维"]
    assert len(told(other)) == len(other.calls)


def test_what_they_did_is_taken_over_and_not_told_back(
    other: Receiver, case: Case, put: Put
):
    before = len(told(other))
    answer = put(
        "GD-1",
        number=case.number,
        fields={"status": "PROCESSING", "need_type": "rational"},
        comments=["已派单"],
    )
    assert answer.status_code == 201, answer.content
    assert sorted(answer.json()["taken"]) == ["need_type", "state"]

    case.refresh_from_db()
    assert (case.state, case.need_type) == (State.IN_PROGRESS, "rational")
    assert case.comments.get().text == "已派单"
    assert len(told(other)) == before
    again = put("GD-1", fields={"status": "PROCESSING", "need_type": "rational"})
    assert again.status_code == 200
    assert again.json()["taken"] == []


def test_a_conflict_is_decided_by_rule_kept_for_people_and_ours_is_told_back(
    other: Receiver,
    case: Case,
    put: Put,
    pages: Client,
    manager: Person,
    person_with: Callable[..., Person],
):
    told(other)
    put("GD-2", number=case.number, fields={})
    WorkOrderSystem.objects.update(winners={"owner": "ours", "state": "theirs"})
    agent, wang = person_with(Role.AGENT), person_with(Role.AGENT)
    assign_case(case=case, owner=agent, by=manager)

    answer = put("GD-2", fields={"handler": wang.email})

    assert answer.json()["taken"] == []
    [conflict] = answer.json()["conflicts"]
    assert (conflict["ours"], conflict["theirs"]) == (agent.email, wang.email)
    assert conflict["kept"] == "ours"
    assert told(other)[-1]["fields"]["handler"] == agent.email

    order = WorkOrder.objects.get()
    page = pages.get(f"{PAGES}?conflicts=1").content.decode()
    assert "GD-2" in page or "eoms" in page
    shown = pages.get(f"{PAGES}{order.pk}/").content.decode()
    assert agent.email in shown
    assert wang.email in shown
    pages.post(f"{PAGES}{order.pk}/seen/")
    assert Conflict.objects.get().seen_by == manager


def test_what_cannot_be_done_yet_is_said_and_the_rest_is_taken(
    other: Receiver, case: Case, put: Put
):
    told(other)
    answer = put(
        "GD-3",
        number=case.number,
        fields={"status": "closed", "contact_result": "satisfied"},
    )
    body = answer.json()
    assert body["taken"] == ["contact_result"]
    reached = put("GD-3", fields={"status": "contacted"})
    assert reached.json()["taken"] == ["state"]
    assert case.attempts.get().result == "reached"
    [conflict] = body["conflicts"]
    assert conflict["field"] == "state"
    assert conflict["because"]

    cause = Cause.objects.filter(level=2).first()
    assert cause is not None
    done = put(
        "GD-3",
        fields={
            "causes": [cause.code],
            "need_type": "rational",
            "action_taken": "更换光猫",
            "customer_told": "yes",
            "status": "closed",
        },
    )
    assert "state" in done.json()["taken"], done.json()
    case.refresh_from_db()
    assert case.state == State.CLOSED


def test_stale_news_changes_nothing_and_unknown_words_are_refused_by_name(
    other: Receiver, case: Case, put: Put, organisation: Organisation
):
    add_department(organisation=organisation, code="net", name="网络部")
    put(
        "GD-4",
        number=case.number,
        fields={"status": "PROCESSING"},
        at="2026-05-03T12:00:00+08:00",
    )
    old = put("GD-4", fields={"status": "DONE"}, at="2026-05-03T11:00:00+08:00")
    assert old.json()["is_stale"]
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS

    wrong = put(
        "GD-4", fields={"status": "ERLEDIGT", "department": "net", "handler": "x@y.z"}
    )
    assert wrong.status_code == 422
    assert "ERLEDIGT" in wrong.json()["detail"]
    assert "x@y.z" in wrong.json()["detail"]
    case.refresh_from_db()
    assert case.department is None
    assert put("GD-5", number=99).status_code == 422


def test_they_open_a_case_for_a_customer_and_telling_it_twice_opens_one(
    other: Receiver, system: WorkOrderSystem, put: Put
):
    first = put("GD-9", customer="C-77", fields={"status": "PROCESSING"})
    second = put("GD-9", customer="C-77", fields={"status": "PROCESSING"})
    assert (first.status_code, second.status_code) == (201, 200)
    case = Case.objects.get()
    assert (case.source, case.state) == ("workorder", State.IN_PROGRESS)
    assert case.owner is not None


def test_words_that_do_not_fit_are_named_and_the_input_is_kept(
    system: WorkOrderSystem, pages: Client
):
    page = pages.post(
        f"{PAGES}systems/{system.pk}/edit/",
        {
            "name": "省公司工单",
            "names": "state = status\ncolour = farbe",
            "states_in": "DONE resolved",
            "states_out": "",
        },
    ).content.decode()
    assert "colour" in page
    assert "DONE resolved" in page
    system.refresh_from_db()
    assert "colour" not in system.names
