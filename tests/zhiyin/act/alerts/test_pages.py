"""Rules are tested, switched on and followed through the pages and the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import AuditEntry, Department, Organisation, Person, Role
from zhiyin.accounts.services import create_api_token
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.services import (
    begin_with_standard_rules,
    note_cases,
    screen_answers,
)
from zhiyin.common import clock
from zhiyin.listen.responses.models import Response

pytestmark = pytest.mark.django_db

Answer = Callable[..., Response]


def form(**given: str) -> dict[str, str]:
    return {
        "name": "贬损者",
        "dedupe_days": "7",
        "first": "team_lead",
        "second": "dept_owner",
        "opens_case": "on",
        "tells_owner": "on",
        "condition-join": "all",
        "condition-0-fact": "class",
        "condition-0-op": "is",
        "condition-0-value": "detractor",
    } | given


def test_a_rule_is_made_tested_against_history_and_switched_on(
    client_of: Callable[[Person], Client],
    manager: Person,
    answer: Answer,
) -> None:
    week = dt.timedelta(days=7)
    for number in range(24):
        at = clock.now() - week * (number % 3)
        score = 2 if number % 4 == 0 else 9
        answer(score, f"信号差 {number}", key=str(number // 2), responded_at=at)
    client = client_of(manager)
    made = client.post("/act/alert-rules/new/", form())
    rule = AlertRule.objects.get()
    assert made.url == f"/act/alert-rules/{rule.pk}/"
    assert not rule.is_on
    page = client.get(f"{made.url}?try=1").content.decode()
    assert "<strong>6</strong>" in page
    assert "24 份回答中命中 6 份（25.0%）" in page
    assert "信号差 0" in page
    client.post(f"{made.url}on/")
    rule.refresh_from_db()
    assert (rule.is_on, rule.switched_by) == (True, manager)
    assert Alert.objects.count() == 0
    said = AuditEntry.objects.get(action="alert_rule.switched_on")
    assert said.detail["would_have_raised"] == 6
    assert "启用预警规则" in client.get(made.url).content.decode()
    client.post(f"{made.url}off/")
    rule.refresh_from_db()
    assert not rule.is_on


def test_a_rule_that_matches_everything_is_refused_and_a_broad_one_asks(
    client_of: Callable[[Person], Client],
    manager: Person,
    rule_with: Callable[..., AlertRule],
    answer: Answer,
) -> None:
    for number in range(20):
        answer(2 if number < 10 else 9, key=str(number))
    client = client_of(manager)

    def switch_on(rule: AlertRule, **given: str) -> str:
        answered = client.post(
            f"/act/alert-rules/{rule.pk}/on/", given, follow=True
        ).content.decode()
        rule.refresh_from_db()
        return answered

    everything = rule_with(
        is_on=False, condition={"fact": "score", "op": "at_least", "value": 0}
    )
    said = switch_on(everything, although_broad="1")
    assert "命中了所有回答（30 天内 20 份中的 20 份）" in said
    assert not everything.is_on
    nothing_asked = rule_with(is_on=False, condition={})
    assert "没有任何条件" in switch_on(nothing_asked)
    broad = rule_with(is_on=False)
    assert "50%" in switch_on(broad)
    assert not broad.is_on
    switch_on(broad, although_broad="1")
    assert broad.is_on


def test_what_cannot_be_judged_is_said_and_the_input_is_kept(
    client_of: Callable[[Person], Client],
    manager: Person,
) -> None:
    client = client_of(manager)
    wrong = form(**{"condition-0-fact": "weather", "words": "退费"})
    page = client.post("/act/alert-rules/new/", wrong).content.decode()
    assert "weather" in page
    assert "退费" in page
    silence = client.post(
        "/act/alert-rules/new/?kind=silence",
        form(**{"condition-0-fact": "", "event_kinds": " ", "silence_days": "3"}),
    )
    assert "请写明它看哪些事件" in silence.content.decode()
    assert AlertRule.objects.count() == 0


@pytest.mark.requirement("R000-27", "R002-12")
def test_an_alert_shows_the_words_as_a_signal_and_is_dismissed_with_a_reason(
    client_of: Callable[[Person], Client],
    person_with: Callable[..., Person],
    rule_with: Callable[..., AlertRule],
    answer: Answer,
    hall: Department,
) -> None:
    rule_with()
    answer(1, "乱扣费 <script>alert(1)</script>")
    screen_answers()
    lead = person_with(Role.TEAM_LEAD, department=hall)
    client = client_of(lead)
    alert = Alert.objects.get()
    assert "乱扣费" in client.get("/act/alerts/").content.decode()
    page = client.get(f"/act/alerts/{alert.pk}/").content.decode()
    assert "乱扣费 &lt;script&gt;" in page
    assert "这是信号，不是诊断" in page
    client.post(f"/act/alerts/{alert.pk}/dismiss/", {"reason": " "})
    alert.refresh_from_db()
    assert alert.state == "open"
    client.post(f"/act/alerts/{alert.pk}/dismiss/", {"reason": "已电话核实"})
    alert.refresh_from_db()
    assert (alert.state, alert.dismissed_by) == ("dismissed", lead)
    assert "已电话核实" in client.get(f"/act/alerts/{alert.pk}/").content.decode()
    client.post(f"/act/alerts/{alert.pk}/restore/")
    alert.refresh_from_db()
    assert alert.state == "open"


@pytest.mark.requirement("R002-23")
def test_an_alert_leads_to_the_case_that_took_it(
    client_of: Callable[[Person], Client],
    manager: Person,
    rule_with: Callable[..., AlertRule],
    answer: Answer,
) -> None:
    rule_with()
    answer(1)
    screen_answers()
    alert = Alert.objects.get()
    note_cases(taken=[(alert, 12, "/act/cases/12/")])
    client = client_of(manager)
    for page in ("/act/alerts/?state=case", f"/act/alerts/{alert.pk}/"):
        assert 'href="/act/cases/12/"' in client.get(page).content.decode()


def test_people_see_alerts_of_their_departments_and_their_own(
    person_with: Callable[..., Person],
    rule_with: Callable[..., AlertRule],
    answer: Answer,
    organisation: Organisation,
    city: Department,
) -> None:
    rule_with()
    answer(1)
    screen_answers()
    alert = Alert.objects.get()
    elsewhere = Department.objects.create(
        organisation=organisation, code="nb", name="宁波", path="/99/"
    )
    boss = person_with(Role.DEPT_OWNER, department=city)
    stranger = person_with(Role.AGENT, department=elsewhere)
    assert list(Alert.objects.visible_to(boss)) == [alert]
    assert list(Alert.objects.visible_to(stranger)) == []
    Alert.objects.update(owner=stranger)
    assert list(Alert.objects.visible_to(stranger)) == [alert]
    assert not Alert.objects.visible_to(person_with(Role.SYS_ADMIN)).exists()


def test_programs_read_alerts_with_a_key_that_reaches_them(
    manager: Person,
    rule_with: Callable[..., AlertRule],
    answer: Answer,
) -> None:
    rule = rule_with()
    for number in range(3):
        answer(number, key=str(number))
    screen_answers()

    def get(path: str, *scopes: str) -> object:
        key = create_api_token(person=manager, name="CRM", scopes=list(scopes)).secret
        headers = {"authorization": f"Bearer {key}"}
        return Client().get(f"/api/v1/{path}", headers=headers)

    page = get(f"alerts?limit=2&state=open&rule={rule.code}", "alerts:read").json()
    assert [each["score"] for each in page["items"]] == [2.0, 1.0]
    rest = get(f"alerts?before={page['next']}", "alerts:read").json()
    assert [each["score"] for each in rest["items"]] == [0.0]
    one = get(f"alerts/{rest['items'][0]['id']}", "alerts:read").json()
    assert (one["rule"], one["comment"], one["state"]) == (rule.code, "信号差", "open")
    assert get("alerts", "channels:read").status_code in {401, 403}
    assert get("alerts/999999", "alerts:read").status_code == 404


def test_a_new_organisation_begins_with_the_usual_rules_switched_off(
    organisation: Organisation,
    manager: Person,
    client_of: Callable[[Person], Client],
) -> None:
    begin_with_standard_rules()
    rules = AlertRule.objects.of(organisation)
    assert rules.count() == 6
    assert not rules.live().exists()
    page = client_of(manager).get("/act/alert-rules/").content.decode()
    assert "7 天沉默" in page
    rules.delete()
    begin_with_standard_rules()
    assert not rules.exists()
