"""What the worker does with cases: opens, escalates, and finds owners."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.zhiyin.act.cases.conftest import MONDAY, Hands, Place
from zhiyin.accounts.services import deactivate_department, deactivate_person
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.services import save_rule, switch_on, watch_silence
from zhiyin.act.cases.models import Case, Escalation
from zhiyin.act.cases.services import (
    Contact,
    Facts,
    Pledge,
    acknowledge_case,
    ask_hand_over,
    escalate_due,
    explain_case,
    log_contact,
    open_cases_for_alerts,
    tend_hand_overs,
    tend_owners,
)
from zhiyin.act.clocks.models import WorkCalendar
from zhiyin.act.notices.models import Notice
from zhiyin.listen.customers.services import (
    NewEvent,
    get_or_create_customer,
    record_events,
)

pytestmark = pytest.mark.usefixtures("in_english")
HOUR = dt.timedelta(hours=1)


def alert(place: Place, key: str, **values: object) -> Alert:
    rule, _made = AlertRule.objects.get_or_create(
        organisation=place.organisation, code="low", defaults={"name": "低分"}
    )
    given = {
        "customer": place.customer,
        "department": place.network,
        "owner": place.agent,
        "raised_at": MONDAY,
        "last_hit_at": MONDAY,
        **values,
    }
    return Alert.objects.create(
        organisation=place.organisation, rule=rule, key=key, **given
    )


def told(place: Place, who: str) -> list[str]:
    person = getattr(place, who)
    rows = Notice.objects.filter(person=person, kind="case.escalated")
    return list(rows.order_by("pk").values_list("key", flat=True))


def test_alerts_of_one_customer_become_one_case_however_often_it_is_asked(
    place: Place,
) -> None:
    alert(place, "one", level="P1")
    alert(place, "two")
    nobody = alert(place, "three", customer=None, owner=None, department=None)
    for _again in range(2):
        open_cases_for_alerts()
    case = Case.objects.get(customer=place.customer)
    assert (case.level.code, case.owner) == ("P1", place.agent)
    assert case.alerts.count() == 2
    assert Case.objects.count() == 2
    nobody.refresh_from_db()
    assert nobody.case_link.case.owner == place.manager
    assert nobody.case_number == nobody.case_link.case.number


def test_a_logged_contact_ends_the_silence_after_a_complaint(
    place: Place, hands: Hands
) -> None:
    rule = AlertRule(
        organisation=place.organisation, name="投诉后沉默", kind="silence",
        event_kinds="complaint.archived", silence_days=7,
    )  # fmt: skip
    save_rule(rule=rule, by=place.manager)
    switch_on(rule=rule, by=place.manager)
    names = ("13800138000", "13900139000")
    kind = "complaint.archived"
    events = [
        NewEvent(customer=name, kind=kind, key=name, occurred_at=MONDAY)
        for name in names
    ]
    record_events(organisation=place.organisation, events=events)
    customers = [
        get_or_create_customer(organisation=place.organisation, key=name)
        for name in names
    ]
    hands.on(hours=3)
    for customer, result in zip(customers, ("reached", "no_answer"), strict=True):
        case = place.open(customer=customer)
        log_contact(case=case, by=place.agent, contact=Contact("phone", result))
    hands.on(days=8)
    watch_silence()
    (raised,) = Alert.objects.filter(rule=rule)
    assert raised.customer == customers[1], "a call nobody took is still silence"


def test_a_clock_is_escalated_once_at_its_share_and_once_at_its_end(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    assert case.next_check_at == MONDAY + 0.8 * 4 * HOUR
    escalate_due()
    assert not Escalation.objects.exists()
    hands.on(hours=3, minutes=13)
    for _again in range(3):
        escalate_due()
    assert len(told(place, "network_lead")) == 1
    acknowledge_case(case=Case.objects.get(), by=place.agent)
    # Nobody looks for three days: every clock that ran out is told once, not twice.
    hands.on(days=3)
    for _again in range(3):
        escalate_due()
    case.refresh_from_db()
    steps = list(case.escalations.values_list("clock", "step"))
    assert steps == [("acknowledge", "warn"), ("contact", "late"), ("resolve", "late")]
    assert case.next_check_at is None
    assert case.next_due_at == MONDAY + 24 * HOUR
    assert case.escalated_level == 2
    # Late goes to the department's owner; there is none here, so to the fallback.
    assert len(told(place, "network_lead")) == 3


def test_a_clock_of_working_hours_waits_for_the_departments_calendar(
    place: Place, hands: Hands
) -> None:
    WorkCalendar.objects.create(
        organisation=place.organisation,
        name="客服",
        is_default=True,
        hours={"4": [["09:00", "11:00"]], "0": [["09:00", "11:00"]]},
    )
    hands.on(days=-3)  # Friday, ten in the morning
    case = place.open(level="P1")
    assert case.acknowledge_by == hands.now + HOUR
    # Four working hours: one on Friday, two on Monday, one on the Friday after.
    assert case.contact_by == dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)


def test_a_promise_that_runs_out_is_noted_and_its_owner_told(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    log_contact(case=case, by=place.agent, contact=Contact("phone", "reached"))
    pledge = Pledge("月底前开通", MONDAY + dt.timedelta(5), 2)
    explain_case(case=case, by=place.agent, pledge=pledge, facts=Facts("rational"))
    hands.on(days=2, hours=1)
    escalate_due()
    hands.on(days=3)
    escalate_due()
    keys = [key.split(".")[2:4] for key in told(place, "agent")]
    assert keys == [["update", "late"], ["promise", "late"]]
    assert case.promises.get().broken_noted_at == hands.now


def test_a_hand_over_nobody_answers_goes_to_whoever_decides(
    place: Place, hands: Hands
) -> None:
    case = place.open()
    ask_hand_over(
        case=case, to_department=place.stores, reason="营业厅误办", by=place.agent
    )
    hands.on(hours=5)
    for _again in range(2):
        tend_hand_overs()
    assert Notice.objects.filter(person=place.manager).count() == 1


def test_cases_of_an_owner_who_left_go_to_the_lead_and_keep_their_clocks(
    place: Place,
) -> None:
    case = place.open()
    deactivate_person(person=place.agent, by=place.manager)
    while tend_owners():
        pass
    case.refresh_from_db()
    assert case.owner == place.network_lead
    assert case.next_due_at == MONDAY + 4 * HOUR or case.next_due_at
    assert Notice.objects.filter(person=place.network_lead).count() == 1


def test_cases_of_a_department_that_was_dissolved_go_up_the_tree(place: Place) -> None:
    case = place.open()
    offered = place.open(department=place.stores, owner=place.clerk)
    asked = ask_hand_over(
        case=offered, to_department=place.network, reason="基站", by=place.clerk
    )
    for person in (place.agent, place.network_lead):
        deactivate_person(person=person, by=place.manager)
    deactivate_department(department=place.network)
    while tend_owners():
        pass
    case.refresh_from_db()
    assert (case.department, case.owner) == (place.headquarters, place.manager)
    offered.refresh_from_db()
    asked.refresh_from_db()
    assert (offered.offered_to, asked.state) == (None, "withdrawn")
    assert offered.owner == place.clerk
    # It is found once and then left in peace.
    assert not tend_owners()


@pytest.mark.parametrize("hours", [{}, {"0": []}])
def test_a_calendar_without_working_days_loses_no_case(
    place: Place, hours: dict[str, object]
) -> None:
    WorkCalendar.objects.create(
        organisation=place.organisation, name="空", is_default=True, hours=hours
    )
    case = place.open(level="P1")
    assert case.contact_by == case.opened_at + 4 * HOUR
