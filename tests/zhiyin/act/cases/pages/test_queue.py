"""The queue: by time left, filtered in the address, by keyset, acted on at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.act.cases.pages.conftest import PHONE
from zhiyin.accounts.models import Department, Person, Role
from zhiyin.act.cases.models import Case, CaseLevel, PriorityRule
from zhiyin.act.cases.queries.queue import WantedCases, case_page
from zhiyin.act.cases.services import (
    Contact,
    Pledge,
    ask_hand_over,
    log_contact,
    make_promise,
)
from zhiyin.common import clock

pytestmark = pytest.mark.django_db
Cases = Callable[..., Case]
QUEUE = "/act/cases/"


def numbers(response: Any) -> list[int]:
    return [row.case.number for row in response.context["page"]["rows"]]


def test_least_time_left_comes_first_and_pages_miss_and_double_nothing(
    as_manager: Client, manager: Person, case_with: Cases
) -> None:
    mild = case_with(6, key="13800138001")
    bad = case_with(0, key="13800138002")
    untimed = case_with(6, key="13800138003")
    Case.objects.filter(pk=untimed.pk).update(next_due_at=None)

    shown = numbers(as_manager.get(QUEUE))

    assert shown == [bad.number, mild.number, untimed.number]
    read, after = [], ""
    while True:
        page = case_page(manager, WantedCases(after=after), size=1)
        read += [case.number for case in page.rows]
        after = page.next_key
        if not after:
            break
    assert read == shown


@pytest.mark.requirement("R000-54")
def test_filters_stand_in_the_address_and_a_case_is_found_by_number_and_tail(
    as_agent: Client, agent: Person, manager: Person, case_with: Cases
) -> None:
    mine = case_with(1, owner=agent)
    other = case_with(5, key="13900139999", owner=manager)

    assert numbers(as_agent.get(f"{QUEUE}?scope=mine")) == [mine.number]
    assert numbers(as_agent.get(f"{QUEUE}?level={mine.level.code}")) == [mine.number]
    assert numbers(as_agent.get(f"{QUEUE}?q={other.number}")) == [other.number]
    assert numbers(as_agent.get(f"{QUEUE}?q=9999")) == [other.number]
    assert numbers(as_agent.get(f"{QUEUE}?q={PHONE}")) == [mine.number]
    empty = as_agent.get(f"{QUEUE}?overdue=1").content.decode()
    assert "zy-empty" in empty
    assert PHONE not in empty


def test_many_cases_are_given_away_after_a_question_and_taken_back(
    as_manager: Client, agent: Person, manager: Person, case_with: Cases
) -> None:
    cases = [case_with(1, owner=manager, key=f"1380013800{place}") for place in (1, 2)]
    chosen = {"act": "assign", "id": [case.pk for case in cases], "next": QUEUE}

    asked = as_manager.post(f"{QUEUE}many/", chosen)
    assert "confirmed" in asked.content.decode()
    done = as_manager.post(
        f"{QUEUE}many/", {**chosen, "confirmed": "1", "owner": agent.pk}, follow=True
    )

    assert {Case.objects.get(pk=case.pk).owner for case in cases} == {agent}
    as_manager.post(undo_link(done))
    assert {Case.objects.get(pk=case.pk).owner for case in cases} == {manager}


def undo_link(response: Any) -> str:
    found = re.search(r'href="([^"]+/undo/)"', response.content.decode())
    assert found is not None
    return found.group(1)


def test_merged_cases_are_taken_apart_again_with_what_each_of_them_had(
    as_manager: Client, as_agent: Client, agent: Person, case_with: Cases,
    other_hall: Department,
) -> None:  # fmt: skip
    stays, away = case_with(5, owner=agent), case_with(1, owner=agent)
    pledge = Pledge("周五前换光猫", clock.now() + dt.timedelta(days=2))
    make_promise(case=away, pledge=pledge, by=agent)
    ask_hand_over(case=away, to_department=other_hall, reason="请核查", by=agent)
    before = {case.pk: Case.objects.get(pk=case.pk) for case in (stays, away)}
    chosen = {"act": "merge", "id": [stays.pk, away.pk], "next": QUEUE}

    done = as_manager.post(
        f"{QUEUE}many/", {**chosen, "confirmed": "1", "into": stays.pk}, follow=True
    )
    stays.refresh_from_db()
    assert (stays.promises.count(), stays.level) == (1, before[away.pk].level)
    log_contact(case=stays, by=agent, contact=Contact("phone", "no_answer"))
    as_manager.post(undo_link(done))

    apart, now = Case.objects.get(pk=away.pk), Case.objects.get(pk=stays.pk)
    was = before[away.pk]
    for name in ("state", "closed_at", "outcome", "merged_into", "next_due_at",
                 "offered_to", "promise_due_at"):  # fmt: skip
        assert getattr(apart, name) == getattr(was, name), name
    assert apart.promises.count() == 1
    assert now.state == "contacting", "what was done since stays"
    assert now.promise_due_at is None

    merged = as_agent.post(
        f"{QUEUE}{away.pk}/do/merge/", {"into": stays.number}, follow=True
    )
    as_agent.post(undo_link(merged))
    assert Case.objects.get(pk=away.pk).is_open, "whoever merged one takes it back"


def test_the_list_is_downloaded_masked_by_whoever_may_export(
    as_manager: Client, as_agent: Client, case_with: Cases
) -> None:
    case_with(comment="=1+1 等了三天")

    answer = as_manager.get(f"{QUEUE}export.csv")
    file = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "E000" in answer["Content-Disposition"]

    assert "'=1+1 等了三天" in file
    assert PHONE not in file
    book = as_manager.get(f"{QUEUE}export.xlsx")
    assert book.content.startswith(b"PK")
    assert as_agent.get(f"{QUEUE}export.csv").status_code == 403


@pytest.mark.requirement("R000-57")
def test_a_rule_made_on_the_page_lifts_cases_of_a_star_customer(
    as_manager: Client, manager: Person, case_with: Cases
) -> None:
    first = CaseLevel.objects.get(organisation=manager.organisation, code="P1")
    PriorityRule.objects.all().delete()
    given = {
        "name": "高分段", "result": str(first.pk), "order": "0", "is_active": "on",
        "condition-join": "all", "condition-0-fact": "score",
        "condition-0-op": "at_least", "condition-0-value": "6",
    }  # fmt: skip
    path = "/act/cases/rules/priorities/new/"
    wrong = as_manager.post(path, {**given, "condition-0-value": ""})
    assert "zy-error" in wrong.content.decode()

    as_manager.post(path, given)

    assert case_with(6).level == first
    listed = as_manager.get("/act/cases/rules/priorities/").content.decode()
    assert "高分段" in listed


@pytest.mark.requirement("R004-69")
def test_the_standards_of_service_stand_in_words_and_follow_the_levels(
    as_manager: Client, as_agent: Client, manager: Person
) -> None:
    level = CaseLevel.objects.get(organisation=manager.organisation, code="P2")
    form = as_manager.get(f"/act/cases/rules/levels/{level.pk}/").context["form"]
    given = {
        name: value
        for name, value in form.initial.items()
        if not name.endswith("_minutes") and value not in (None, False)
    }
    for name, hours in (("acknowledge", 2), ("contact", 5), ("resolve", 31)):
        given |= {f"{name}_minutes_0": hours, f"{name}_minutes_1": 60}

    as_manager.post(f"/act/cases/rules/levels/{level.pk}/", given)

    level.refresh_from_db()
    assert level.resolve_minutes == 31 * 60
    assert "1 天 7 小时内" in as_agent.get("/act/standards/").content.decode()


def test_home_shows_my_open_cases_with_the_time_left(
    as_agent: Client, agent: Person, case_with: Cases
) -> None:
    case = case_with(owner=agent)

    home = as_agent.get("/").content.decode()

    assert f"/act/cases/{case.pk}/" in home


def test_api_opens_reads_changes_and_refuses_a_stale_version(
    as_manager: Client, person_with: Callable[..., Person], manager: Person
) -> None:
    api, body = "/api/v1/cases", "application/json"
    # The browser's guard against forged calls is another test's matter.
    new = {"customer": PHONE, "summary": "来电催修", "key": "crm-1"}

    made = as_manager.post(api, new, body)
    again = as_manager.post(api, new, body)

    assert (made.status_code, again.status_code) == (201, 200)
    case = made.json()
    assert again.json()["id"] == case["id"]
    one = f"{api}/{case['id']}"
    change = {"version": case["version"], "state": "in_progress", "note": "已派人"}
    changed = as_manager.patch(one, change, body).json()
    assert changed["state"] == "in_progress"
    assert as_manager.patch(one, change, body).status_code == 409
    as_manager.post(f"{one}/comments", {"text": "已回电"}, body)
    assert as_manager.get(f"{one}/comments").json()[0]["text"] == "已回电"
    listed = as_manager.get(api).json()["items"]
    assert [each["id"] for each in listed] == [case["id"]]
    researcher = Client()
    researcher.force_login(person_with(Role.RESEARCHER))
    assert researcher.patch(one, change, body).status_code == 403
