"""One case on its page: read, worked on, closed, and not lost between two people."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localtime

from tests.zhiyin.act.cases.pages.conftest import PHONE, WORDS
from zhiyin.accounts.models import Department, Person, Role
from zhiyin.act.cases.models import Case, Cause, State
from zhiyin.act.cases.services import comment_case, move_case
from zhiyin.common import clock

pytestmark = pytest.mark.django_db
Cases = Callable[..., Case]


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def do(client: Client, case: Case, act: str, **given: Any) -> Any:
    """Send an act's form with the version and the journal's end the page shows."""
    way = "lead" if act in {"assign", "decide", "verify", "send-back"} else "do"
    path = f"/act/cases/{case.pk}/{way}/{act}/"
    page = client.get(path)
    assert page.status_code == 200, (act, page.status_code)
    form = page.context["form"]
    carried = {name: form.initial[name] for name in ("version", "seen")}
    return client.post(path, {**carried, **given}, follow=True)


@pytest.mark.requirement("R000-29", "R002-24")
def test_the_customers_words_stand_before_everything_else(
    as_agent: Client, case_with: Cases
) -> None:
    case = case_with()

    page = text_of(as_agent.get(f"/act/cases/{case.pk}/"))

    words = page.index(WORDS)
    assert words < page.index("zk-clocks") < page.index("zk-history")
    assert PHONE not in page
    assert "宽带修障" in page


@pytest.mark.requirement("R000-54", "R000-55", "R004-53")
def test_a_case_is_taken_talked_about_solved_and_closed_with_its_facts(
    as_agent: Client, agent: Person, case_with: Cases
) -> None:
    case = case_with(owner=agent)
    script_before = text_of(as_agent.get(f"/act/cases/{case.pk}/do/contact/"))
    assert "zk-script" in script_before

    do(as_agent, case, "acknowledge")
    do(as_agent, case, "contact", channel="phone", result="reached", note="道歉")
    refused = do(as_agent, case, "resolve", action_taken="", contact_result="satisfied")
    assert "zy-error" in text_of(refused)
    do(
        as_agent,
        case,
        "resolve",
        action_taken="当天上门修好",
        contact_result="satisfied",
        customer_told="on",
    )
    closing = as_agent.get(f"/act/cases/{case.pk}/do/close/")
    assert "zk-missing" in text_of(closing)
    cause = Cause.objects.filter(level=3).first()
    lacking = do(as_agent, case, "close", action_taken="当天上门修好，已复测")
    assert "当天上门修好，已复测" in text_of(lacking)
    case.refresh_from_db()
    assert case.state == State.RESOLVED
    do(
        as_agent,
        case,
        "close",
        cause=cause.pk,
        action_taken="当天上门修好，已复测",
        need_type="emotional",
        contact_result="satisfied",
        customer_told="on",
    )

    case.refresh_from_db()
    assert (case.state, case.outcome, case.need_type) == (
        State.CLOSED,
        "resolved",
        "emotional",
    )
    assert case.causes.get(is_primary=True).cause == cause


@pytest.mark.requirement("R000-56")
def test_what_cannot_be_solved_now_is_explained_promised_and_not_counted_as_solved(
    as_agent: Client, agent: Person, case_with: Cases
) -> None:
    case = case_with(owner=agent)
    do(as_agent, case, "contact", channel="phone", result="reached")
    later = localtime(clock.now()) + dt.timedelta(days=20)

    do(
        as_agent,
        case,
        "explain",
        action_taken="小区光缆下月割接",
        contact_result="accepted",
        promise="割接后回访",
        due_at=f"{later:%Y-%m-%dT%H:%M}",
        update_every_days=5,
    )

    case.refresh_from_db()
    assert case.state == State.EXPLAINED_PENDING
    assert case.resolved_at is None
    assert case.next_update_at is not None
    page = text_of(as_agent.get(f"/act/cases/{case.pk}/"))
    assert "割接后回访" in page
    do(as_agent, case, "tell", channel="phone", text="割接定在十二号")
    do(as_agent, case, "keep", promise=case.promises.get().pk)
    assert case.promises.get().kept_at is not None


@pytest.mark.requirement("R002-26")
def test_a_hand_over_is_asked_rejected_and_decided(
    agent: Person,
    manager: Person,
    client_of: Callable[[Person], Client],
    person_with: Callable[..., Person],
    other_hall: Department,
    case_with: Cases,
) -> None:
    case = case_with(owner=agent)
    as_agent, as_manager = client_of(agent), client_of(manager)
    other = client_of(person_with(Role.TEAM_LEAD, department=other_hall))
    assert other.get(f"/act/cases/{case.pk}/").status_code == 404

    do(as_agent, case, "hand-over", to_department=other_hall.pk, reason="归拱墅")
    assert "归拱墅" in text_of(other.get(f"/act/cases/{case.pk}/"))
    do(other, case, "reject", note="地址在西湖")
    do(as_manager, case, "decide", department=other_hall.pk, note="按装机地址")

    case.refresh_from_db()
    assert case.department == other_hall
    assert case.offered_to is None


def test_two_people_who_edit_at_once_lose_nothing(
    as_agent: Client, agent: Person, lead: Person, case_with: Cases
) -> None:
    case = case_with(owner=agent)
    path = f"/act/cases/{case.pk}/do/contact/"
    shown = as_agent.get(path).context["form"].initial
    move_case(case=case, to=State.IN_PROGRESS, by=lead, text="我先查线路")

    typed = {"channel": "phone", "result": "reached", "note": "客户下午在家"}
    stale = {"version": shown["version"], "seen": shown["seen"]}
    met = as_agent.post(path, {**stale, **typed})

    page = text_of(met)
    assert "客户下午在家" in page
    assert "我先查线路" in page
    assert str(lead) in page
    assert not case.attempts.exists()
    fresh = met.context["form"].data
    again = {"version": fresh["version"], "seen": fresh["seen"]}
    as_agent.post(path, {**again, **typed})
    assert case.attempts.get().note == "客户下午在家"


def test_a_note_with_a_script_tag_is_shown_as_text(
    as_agent: Client, agent: Person, case_with: Cases
) -> None:
    case = case_with(owner=agent)

    do_comment = as_agent.post(
        f"/act/cases/{case.pk}/do/comment/", {"text": "<script>alert(1)</script>"}
    )

    assert do_comment.status_code == 302
    page = as_agent.get(f"/act/cases/{case.pk}/").content.decode()
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_file_is_attached_and_handed_out_and_a_wrong_one_is_refused(
    as_agent: Client, agent: Person, case_with: Cases
) -> None:
    case = case_with(owner=agent)
    picture = SimpleUploadedFile("光猫.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    do(as_agent, case, "attach", file=picture)
    kept = case.attachments.get()

    answer = as_agent.get(f"/act/cases/{case.pk}/files/{kept.pk}/")

    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert "attachment" in answer["Content-Disposition"]
    program = SimpleUploadedFile("a.png", b"MZ\x90\x00" + b"0" * 64)
    refused = do(as_agent, case, "attach", file=program)
    assert "zy-error" in text_of(refused)


def test_causes_are_several_with_one_primary_and_the_trend_stands_beside(
    as_agent: Client, agent: Person, case_with: Cases
) -> None:
    case = case_with(owner=agent)
    two = list(Cause.objects.filter(level=3)[:2])

    wrong = do(as_agent, case, "causes", causes=[two[0].pk], primary=two[1].pk)
    assert "zy-error" in text_of(wrong)
    do(as_agent, case, "causes", causes=[each.pk for each in two], primary=two[0].pk)

    page = text_of(as_agent.get(f"/act/cases/{case.pk}/"))
    assert str(two[0]) in page
    assert "zk-trend" in page


def test_a_case_is_opened_by_hand_from_the_customers_page(
    as_agent: Client, agent: Person, case_with: Cases
) -> None:
    customer = case_with().customer
    link = f"/act/cases/new/?customer={customer.pk}"
    assert link in as_agent.get(f"/listen/customers/{customer.pk}/").content.decode()

    opened = as_agent.post(link, {"summary": "客户来电催修"}, follow=True)

    case = Case.objects.latest("pk")
    assert opened.redirect_chain[-1][0] == f"/act/cases/{case.pk}/"
    assert case.customer == customer
    comment_case(case=case, by=agent, text="已记录")
    assert "已记录" in text_of(as_agent.get(f"/act/cases/{case.pk}/"))


def test_a_step_that_is_no_longer_open_is_said_and_leads_back(
    as_agent: Client, case_with: Cases
) -> None:
    case = case_with()

    met = as_agent.get(f"/act/cases/{case.pk}/do/close/", follow=True)

    assert met.redirect_chain[-1][0] == f"/act/cases/{case.pk}/"
    assert "alert-warning" in met.content.decode()
