"""Events raise alerts by rule and by the customer's tags, and their delay is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import create_api_token
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.services import screen_events
from zhiyin.act.alerts.services.standard import STANDARD
from zhiyin.act.cases.models import Case
from zhiyin.act.cases.services import open_cases_for_alerts
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer, FieldKind
from zhiyin.listen.customers.services import ensure_fields, get_or_create_customers
from zhiyin.listen.customers.services.known import KnownWriter

pytestmark = pytest.mark.django_db

GOLD, PLAIN = "13800138000", "13800138001"
FORM = {
    "name": "高星客户查询携转",
    "event_kinds": "mnp.port_out.queried",
    "dedupe_days": "7",
    "first": "dept_owner",
    "opens_case": "on",
    "level": "P1",
    "tells_owner": "on",
    "condition-join": "all",
    "condition-0-fact": "value_tier",
    "condition-0-op": "is",
    "condition-0-value": "gold",
}


@pytest.fixture
def tell(manager: Person, hall: Department) -> Callable[..., None]:
    """Tell an event as another program does, and let the worker look."""
    _token, key = create_api_token(person=manager, name="CRM", scopes=["events:write"])
    client = Client(headers={"authorization": f"Bearer {key}"})

    def tell(key: str, customer: str, kind: str = "", **given: str) -> None:
        event = {
            "key": key,
            "kind": kind or "mnp.port_out.queried",
            "customer": customer,
            "occurred_at": clock.now().isoformat(),
            "department": hall.code,
        } | given
        done = client.post(
            "/api/v1/events", {"events": [event]}, content_type="application/json"
        )
        assert done.status_code < 300, done.content
        screen_events()

    return tell


@pytest.fixture
def tiers(organisation: Organisation) -> None:
    """Say of which tier two customers are, as a nightly import does."""
    (field,) = ensure_fields(
        organisation=organisation, fields=[("value_tier", FieldKind.CATEGORY, True)]
    )
    known = get_or_create_customers(organisation=organisation, keys=[GOLD, PLAIN])
    writer = KnownWriter(
        organisation_id=organisation.pk,
        part="crm",
        as_of=clock.now().date().isoformat(),
        columns={field.code: "category"},
    )
    rows = {"customer_id": [known[GOLD], known[PLAIN]], field.code: ["gold", "plain"]}
    writer.add(place=1, table=writer.table(rows))
    list(writer.finish())


@pytest.mark.usefixtures("tiers")
@pytest.mark.requirement("R004-33")
def test_an_event_of_a_tagged_customer_raises_an_alert_whose_delay_is_shown(
    manager: Person,
    hall: Department,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
    tell: Callable[..., None],
) -> None:
    owner = person_with(Role.DEPT_OWNER, department=hall)
    old = (clock.now() - dt.timedelta(days=3)).isoformat()
    for key, customer in (("1", GOLD), ("2", PLAIN), ("3", PLAIN)):
        tell(key, customer, occurred_at=old)
    client = client_of(manager)
    made = client.post("/act/alert-rules/new/?kind=event", FORM)
    rule = AlertRule.objects.get()
    trial = client.get(f"{made.url}?try=1").content.decode()
    assert "3 个事件中命中 1 个（33.3%）" in trial
    client.post(f"/act/alert-rules/{rule.pk}/on/")
    assert not screen_events(), "what was told before is no news"
    tell("4", GOLD)
    tell("4", GOLD)
    tell("5", PLAIN)
    tell("6", GOLD, "order.placed")
    alert = Alert.objects.get()
    assert (alert.event.key, alert.owner, alert.department) == ("4", owner, hall)
    open_cases_for_alerts()
    case = Case.objects.get()
    assert (case.owner, case.level.code, case.customer) == (owner, "P1", alert.customer)
    seconds = alert.seconds_to_alert
    assert 0 <= seconds < 5
    page = client.get("/act/alert-rules/").content.decode()
    assert f"p50 {seconds:.1f}" in page
    assert "按 1 条预警实测" in page
    assert (
        f"{seconds:.1f} 秒" in client.get(f"/act/alerts/{alert.pk}/").content.decode()
    )
    told = client.get("/api/v1/alerts/delay").json()
    assert told == {
        "hours": 24,
        "n": 1,
        "p50_s": round(seconds, 3),
        "p99_s": round(seconds, 3),
    }
    listed = client.get("/api/v1/alerts").json()["items"]
    assert [each["seconds_to_alert"] for each in listed] == [seconds]


def test_standard_rule_waits_for_every_word_that_says_somebody_asked_to_port(
    organisation: Organisation, tell: Callable[..., None]
) -> None:
    """And for none after it: from the application on the customer is left alone."""
    _name, given = STANDARD["mnp-query"]
    kinds = given["event_kinds"].split()
    assert "mnp.port_out.queried" in kinds
    for number, kind in enumerate(kinds):
        tell(f"asked-{number}", f"1390013800{number}", kind)

    states = Customer.objects.of(organisation).values_list("mnp_state", flat=True)
    assert list(states) == ["queried"] * len(kinds)
