"""What happened is told to endpoints, read off the rows, each thing once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.zhiyin.channels.receiver import Receiver, receiving
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.act.cases.models import Cause
from zhiyin.act.cases.services import (
    Facts,
    Matter,
    close_case,
    comment_case,
    load_defaults,
    open_case,
    record_causes,
    resolve_case,
)
from zhiyin.act.cases.services.working import move_case
from zhiyin.channels.models import WebhookEndpoint
from zhiyin.channels.services import call_due, save_endpoint
from zhiyin.common import clock
from zhiyin.compat.services.announcing import announce
from zhiyin.compat.services.forgetting import forget_gone_customers
from zhiyin.listen.customers.services import (
    erase_customer,
    get_or_create_customer,
    withdraw_customer,
)
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.programs.services import Invitee, create_invitations, create_link
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.responses.services.amending import Amendment, amend_response
from zhiyin.listen.surveys.models import Instrument

pytestmark = pytest.mark.django_db

EVERYTHING = [
    "response.created",
    "response.updated",
    "customer.opted_out",
    "invitation.created",
]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW = ["127.0.0.0/8"]
    with receiving() as told:
        yield told


@pytest.fixture
def link(organisation: Organisation, questionnaire: Instrument) -> SurveyLink:
    return create_link(organisation=organisation, instrument=questionnaire, name="官网")


@pytest.fixture
def listen(
    organisation: Organisation,
    person_with: Callable[..., Person],
    receiver: Receiver,
) -> Callable[..., WebhookEndpoint]:
    def make(**extra: Any) -> WebhookEndpoint:
        endpoint = WebhookEndpoint(
            organisation=organisation,
            name="CRM",
            url=receiver.url,
            **{"events": EVERYTHING, **extra},
        )
        save_endpoint(endpoint=endpoint, by=person_with(Role.CX_MANAGER))
        return endpoint

    return make


def answer(link: SurveyLink, score: int = 3, comment: str = "信号差") -> Response:
    given = GivenResponse(score=score, comment=comment, customer_key="13800138000")
    return receive_response(link=link, given=given)[0]


def told(receiver: Receiver) -> list[dict[str, Any]]:
    """Run the worker's tasks; return everything received so far."""
    announce()
    while call_due():
        pass
    return [json.loads(body) for _headers, body in receiver.calls]


def test_an_answer_is_told_when_it_is_given_and_when_it_changes_and_once_each(
    listen: Callable[..., WebhookEndpoint], link: SurveyLink, receiver: Receiver
):
    before = answer(link, 9)
    listen()
    made = answer(link)
    told(receiver)
    told(receiver)
    amend_response(response=made, change=Amendment(comment="好多了"))
    amend_response(response=before, change=Amendment(score=10))
    calls = told(receiver)

    assert len(calls) == 3
    assert {(one["type"], one["data"]["id"]) for one in calls} == {
        ("response.created", made.pk),
        ("response.updated", made.pk),
        ("response.updated", before.pk),
    }
    assert calls[0]["data"]["comment"] == "信号差"
    assert calls[0]["data"]["customer"] == "138****8000"
    assert {one["data"]["score"] for one in calls} == {3, 10}
    assert "好多了" in {one["data"]["comment"] for one in calls}


def test_opt_outs_and_invitations_are_told(
    listen: Callable[..., WebhookEndpoint],
    link: SurveyLink,
    receiver: Receiver,
    organisation: Organisation,
):
    listen()
    told(receiver)
    create_invitations(
        link=link,
        invitees=[Invitee("13900139000")],
        expires_at=clock.now() + dt.timedelta(days=3),
    )
    customer = get_or_create_customer(organisation=organisation, key="13800138000")
    withdraw_customer(customer=customer)
    calls = told(receiver)

    assert {one["type"] for one in calls} == {
        "invitation.created",
        "customer.opted_out",
    }
    assert "13800138000" not in json.dumps(calls)


def test_what_was_told_of_a_customer_goes_with_the_customer(
    listen: Callable[..., WebhookEndpoint],
    link: SurveyLink,
    receiver: Receiver,
    organisation: Organisation,
):
    endpoint = listen(profile="delighted", reveals_contacts=True)
    made = answer(link)
    customer = get_or_create_customer(organisation=organisation, key="13800138000")
    create_invitations(
        link=link,
        invitees=[Invitee("13800138000")],
        expires_at=clock.now() + dt.timedelta(days=3),
    )
    assert "13800138000" in json.dumps(told(receiver))

    erase_customer(customer=customer)
    forget_gone_customers()
    told(receiver)

    bodies = [one.body for one in endpoint.deliveries.all()]
    assert len(bodies) >= 2
    assert all(b"13800138000" not in body for body in bodies)
    assert Response.objects.get(pk=made.pk).customer is None


def test_delighted_s_shape_is_kept_for_who_reads_it(
    listen: Callable[..., WebhookEndpoint], link: SurveyLink, receiver: Receiver
):
    listen(profile="delighted")
    made = answer(link)
    (call,) = told(receiver)

    assert call["event_type"] == "survey_response.created"
    data = call["event_data"]
    assert (data["score"], data["comment"]) == (3, "信号差")
    assert data["person"]["id"] == str(made.customer_id)
    assert data["person"]["phone_number"] == "138****8000"


def test_imported_answers_are_not_told_one_by_one(
    listen: Callable[..., WebhookEndpoint], link: SurveyLink, receiver: Receiver
):
    listen()
    told(receiver)
    made = answer(link)
    Response.objects.filter(pk=made.pk).update(source="import:1")

    assert told(receiver) == []


def test_cases_are_told_as_they_open_move_on_and_close_each_write_once(
    listen: Callable[..., WebhookEndpoint],
    organisation: Organisation,
    person_with: Callable[..., Person],
    receiver: Receiver,
):
    load_defaults(organisation=organisation)
    owner = person_with(Role.CX_MANAGER)
    listen(events=["case.opened", "case.changed", "case.closed"])
    customer = get_or_create_customer(organisation=organisation, key="13800138000")
    case = open_case(
        organisation=organisation,
        matter=Matter(summary="断网", customer=customer, owner=owner),
        by=owner,
    )
    [opened] = told(receiver)
    assert opened["type"] == "case.opened"
    assert opened["data"]["number"] == case.number
    assert opened["data"]["customer"] == "138****8000"

    comment_case(case=case, by=owner, text="只有同事看到")
    move_case(case=case, to="in_progress", by=owner)
    cause = Cause.objects.filter(level=2).first()
    assert cause is not None
    record_causes(case=case, by=owner, causes=[cause], primary=cause)
    known = Facts(
        need_type="rational",
        action_taken="更换光猫",
        contact_result="satisfied",
        customer_told=True,
    )
    resolve_case(case=case, by=owner, facts=known)
    close_case(case=case, by=owner)
    told(receiver)
    types = [one["type"] for one in told(receiver)]
    assert sorted(types) == [*["case.changed"] * 3, "case.closed", "case.opened"]
    assert "只有同事看到" not in json.dumps(
        [one["data"] for one in told(receiver)], ensure_ascii=False
    )
