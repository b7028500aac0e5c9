"""Programmes from the plan to the frame, through their pages and the worker."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from zhiyin.accounts.models import Department, Organisation, Person
from zhiyin.accounts.services import add_department
from zhiyin.channels.models import ChannelAccount
from zhiyin.common import clock
from zhiyin.listen.contacts.queries import policy_in_force
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.customers.services import NewEvent, record_events
from zhiyin.listen.programs.models import FrameMember, FrameState, Programme
from zhiyin.listen.programs.queries.sentence import plan_sentence
from zhiyin.listen.programs.services.collecting import collect_events
from zhiyin.listen.surveys.services import create_standard_instrument


@pytest.fixture
def researcher(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with("researcher", language="en"))


@pytest.fixture
def hall(organisation: Organisation) -> Department:
    city = add_department(organisation=organisation, code="cd", name="成都")
    return add_department(
        organisation=organisation, code="cd-1", name="春熙路厅", parent=city
    )


@pytest.fixture
def loaded(researcher: Client, organisation: Organisation) -> None:
    for code in ("nps-transactional", "csat5"):
        create_standard_instrument(organisation=organisation, standard=code)
    researcher.post("/listen/programmes/standard/")


@pytest.fixture
def live(loaded: None, researcher: Client, organisation: Organisation) -> Programme:
    """The programme of the store, asking everybody, by a sender that sends nothing."""
    account = ChannelAccount.objects.create(
        organisation=organisation, kind="log", name="test sender"
    )
    Programme.objects.filter(code="TP_HALL").update(
        account=account, sampling_share=1, cancel_event_kind="hall.reopened"
    )
    programme = Programme.objects.get(code="TP_HALL")
    researcher.post(f"/listen/programmes/{programme.pk}/live/", {"live": "1"})
    programme.refresh_from_db()
    assert programme.is_live
    return programme


def tell(organisation: Organisation, *keys: str, **more: Any) -> None:
    """Tell that customers were served; the customer's number ends as the event's."""
    given = {"kind": "hall.ticket.closed", "occurred_at": clock.now()} | more
    events = [NewEvent(customer=f"1380013{key[-4:]}", key=key, **given) for key in keys]
    assert not record_events(organisation=organisation, events=events).rejected


def member(key: str) -> FrameMember:
    return FrameMember.objects.get(key=f"event:{key}")


@pytest.mark.requirement("R002-02", "R002-15")
def test_every_standard_touchpoint_comes_as_a_programme_with_its_defaults(
    loaded: None, researcher: Client, organisation: Organisation
) -> None:
    researcher.post("/listen/programmes/standard/")
    assert Programme.objects.count() == 29
    hall = Programme.objects.get(code="TP_HALL")
    assert (hall.event_kind, hall.delay_minutes) == ("hall.ticket.closed", 30)
    assert (hall.channel, hall.fallback_channel) == ("sms", "qr")
    assert hall.sampling_share == pytest.approx(0.3)
    assert hall.instrument is not None
    assert hall.instrument.code == "nps-transactional"
    with translation.override("zh-hans"):
        assert plan_sentence(hall) == (
            "客户在营业厅办结业务30分钟后，抽30%，短信（不成则二维码）邀请回答NPS_TXN与"
            "CSAT5，72小时内有效，09:00–20:00发送。"
        )
    own = policy_in_force(organisation).rules["own_days"]
    assert own["TP_HALL"] == 60
    assert own["TP_COMPLAINT"] == 7
    assert own["TP_BB_REPAIR"] == 7
    assert own["TP_MNP_IN"] == 730
    page = researcher.get("/listen/programmes/?q=TP_HALL").content.decode()
    assert "hall.ticket.closed" in page


def test_programme_gets_the_standard_questionnaire_of_its_touchpoint(
    loaded: None, researcher: Client
) -> None:
    pay = Programme.objects.get(code="TP_PAY")
    assert pay.instrument is None
    address = f"/listen/programmes/{pay.pk}/"
    assert "Make the standard one" in researcher.get(address).content.decode()
    researcher.post(f"{address}questionnaire/")
    pay.refresh_from_db()
    assert pay.instrument is not None
    assert pay.instrument.code == "tp-pay"
    assert "Make the standard one" not in researcher.get(address).content.decode()


@pytest.mark.requirement("R000-34", "R002-15")
def test_plan_filled_in_as_six_answers_becomes_the_rule_and_its_sentence(
    loaded: None, researcher: Client, hall: Department
) -> None:
    programme = Programme.objects.get(code="TP_HALL")
    address = f"/listen/programmes/{programme.pk}/edit/"
    sent = {
        "name": "门店", "plan_who": "5G customers", "plan_what": "leaving a store",
        "plan_why": "which stores to coach", "share": "12.5", "delay": "2h",
        "event_kind": "hall.ticket.closed", "cancel_event_kind": "",
        "expires_hours": "48", "channel": "email", "fallback_channel": "",
        "cap": "45", "touchpoint": programme.touchpoint_id,
        "instrument": programme.instrument_id, "pilot_departments": [hall.pk],
        "conditions-join": "all", "conditions-0-fact": "event.bill_no",
        "conditions-0-op": "at_least", "conditions-0-value": "3",
        "exclusions-join": "all", "always-join": "all",
    }  # fmt: skip
    refused = researcher.post(address, sent | {"delay": "soon"}).content.decode()
    assert "such as 30m" in refused
    assert "leaving a store" in refused
    made = researcher.post(address, sent)
    programme.refresh_from_db()
    assert (programme.delay_minutes, programme.expires_hours) == (120, 48)
    assert programme.sampling_share == pytest.approx(0.125)
    assert programme.conditions["value"] == 3
    page = html.unescape(researcher.get(made["Location"]).content.decode())
    assert "2 hours after leaving a store, 12.5% of 5G customers are asked by" in page
    assert "only where Event: bill_no is at least 3; pilot in 春熙路厅." in page
    assert "which stores to coach" in page


def test_programme_says_what_it_lacks_and_asks_nobody_before(
    loaded: None, researcher: Client
) -> None:
    query = Programme.objects.get(code="TP_MNP_QUERY")
    address = f"/listen/programmes/{query.pk}/"
    page = html.unescape(researcher.get(address).content.decode())
    assert "it is for service only" in page
    answer = researcher.post(f"{address}live/", {"live": "1"}, follow=True)
    assert "Customers may be asked about this touchpoint." in answer.content.decode()
    query.refresh_from_db()
    assert not query.is_live


@pytest.mark.requirement("R000-33", "R000-34", "R002-12")
def test_event_becomes_one_member_with_its_time_shop_and_person(
    live: Programme, organisation: Organisation, hall: Department
) -> None:
    at = clock.now() - dt.timedelta(minutes=5)
    tell(
        organisation, "e-0001", occurred_at=at, department="cd-1", employee="E7",
        attributes={"ticket": "change of plan"},
    )  # fmt: skip
    for _again in range(3):
        collect_events()
    one = FrameMember.objects.get()
    assert (one.state, one.department, one.employee) == ("waiting", hall, "E7")
    assert one.due_at == at + dt.timedelta(minutes=30)
    assert one.expires_at == one.due_at + dt.timedelta(hours=72)
    assert one.attributes == {"ticket": "change of plan"}


def test_member_that_is_not_asked_says_for_which_reason(
    live: Programme, organisation: Organisation, hall: Department
) -> None:
    live.conditions = {"fact": "event.minutes", "op": "at_least", "value": 5}
    live.exclusions = {"fact": "event.staff_card", "op": "is", "value": "yes"}
    live.sampling_share = 1e-9
    live.sampling |= {"always": {"fact": "event.vip", "op": "is", "value": "yes"}}
    live.save()
    live.pilot_departments.add(hall.parent)
    there: dict[str, Any] = {"department": "cd-1"}
    tell(organisation, "e-0001", attributes={"minutes": 9})
    tell(organisation, "e-0002", attributes={"minutes": 1}, **there)
    tell(
        organisation, "e-0003", attributes={"minutes": 9, "staff_card": "yes"}, **there
    )
    tell(organisation, "e-0004", attributes={"minutes": 9}, **there)
    tell(organisation, "e-0005", attributes={"minutes": 9, "vip": "yes"}, **there)
    old = clock.now() - dt.timedelta(days=9)
    tell(
        organisation, "e-0006", attributes={"minutes": 9, "vip": "yes"},
        occurred_at=old, **there,
    )  # fmt: skip
    tell(organisation, "e-0007", attributes={"minutes": 9, "vip": "yes"}, **there)
    test_number = CustomerEvent.objects.get(key="e-0007").customer_id
    Customer.objects.filter(pk=test_number).update(is_test=True)
    collect_events()
    found = {
        one.key.removeprefix("event:"): (one.state, one.reason)
        for one in FrameMember.objects.all()
    }
    assert found == {
        "e-0001": ("blocked", "outside_pilot"),
        "e-0002": ("blocked", "condition"),
        "e-0003": ("blocked", "excluded"),
        "e-0004": ("not_sampled", "sample"),
        "e-0005": ("waiting", ""),
        "e-0006": ("expired", "too_late"),
        "e-0007": ("blocked", "test_number"),
    }


def test_cancelling_event_before_the_message_stops_it_and_after_does_not(
    live: Programme, organisation: Organisation
) -> None:
    tell(organisation, "e-0001", "e-0002")
    collect_events()
    FrameMember.objects.filter(key="event:e-0002").update(state=FrameState.SENT)
    for number in ("0001", "0002"):
        tell(organisation, f"c-{number}", kind="hall.reopened")
    collect_events()
    assert (member("e-0001").state, member("e-0001").reason) == (
        "cancelled",
        "cancel_event",
    )
    assert member("e-0002").state == "sent"


def test_event_committed_late_with_a_lower_number_is_still_found(
    live: Programme, organisation: Organisation
) -> None:
    tell(organisation, "e-0001", "e-0002")
    late = CustomerEvent.objects.order_by("pk").first()
    assert late is not None
    number, key = late.pk, late.key
    late.delete()
    collect_events()
    # The transaction that had the lower number commits only now.
    late.pk = number
    late.save(force_insert=True)
    collect_events()
    assert member(key).event_id == number
    old = clock.now() - dt.timedelta(hours=1)
    CustomerEvent.objects.update(received_at=old)
    collect_events()
    live.refresh_from_db()
    assert live.seen_event_id == CustomerEvent.objects.order_by("-pk")[0].pk


def test_going_live_asks_about_what_happens_from_then_on(
    live: Programme, researcher: Client, organisation: Organisation
) -> None:
    address = f"/listen/programmes/{live.pk}/live/"
    researcher.post(address, {"live": "0"})
    tell(organisation, "e-0001")
    collect_events()
    researcher.post(address, {"live": "1"})
    tell(organisation, "e-0002")
    collect_events()
    assert [one.key for one in FrameMember.objects.all()] == ["event:e-0002"]


def test_trial_says_what_would_have_come_of_the_last_30_days_and_keeps_nothing(
    loaded: None, researcher: Client, organisation: Organisation
) -> None:
    programme = Programme.objects.get(code="TP_HALL")
    programme.sampling_share = 1
    programme.save()
    before = clock.now() - dt.timedelta(days=3)
    tell(organisation, "a-0001", "a-0002", "a-0003", occurred_at=before)
    tell(organisation, "b-0001", occurred_at=clock.now() - dt.timedelta(days=1))
    Customer.objects.filter(events__key="a-0002").update(opted_out_at=before)
    page = researcher.get(f"/listen/programmes/{programme.pk}/try/").content.decode()
    text = " ".join(html.unescape(page).split())
    assert "<strong>4</strong> events, <strong>4</strong> sampled" in text
    assert "<strong>2</strong> would be asked" in text
    assert "Contact policy: does not want to be asked" in text
    assert "Contact policy: asked the same not long ago" in text
    assert not FrameMember.objects.exists()
