"""The staff's pages of responses: list, filters, one answer, exclude, erase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import AuditEntry, Department, Organisation, Person, Role
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import ensure_fields
from zhiyin.listen.programs.models import Invitation, SurveyLink
from zhiyin.listen.programs.services import Invitee, create_invitations
from zhiyin.listen.responses.models import Answer, ErasedResponse, Response
from zhiyin.listen.responses.services import (
    GivenResponse,
    Occasion,
    receive_response,
    save_score,
)
from zhiyin.listen.surveys.queries import published_version

LIST = "/listen/responses/"
Receive = Callable[..., Response]


@pytest.fixture
def receive(link: SurveyLink) -> Receive:
    def make(score: int, comment: str = "", **more: object) -> Response:
        through = more.pop("link", link)
        given = GivenResponse(score=score, comment=comment, **more)
        return receive_response(link=through, given=given)[0]

    return make


@pytest.fixture
def manager(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with(Role.CX_MANAGER, language="en"))


@pytest.fixture
def officer(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with(Role.PRIVACY_OFFICER, language="en"))


def shown(client: Client, query: str = "") -> str:
    return client.get(LIST + query).content.decode()


def test_list_shows_the_words_and_masks_the_customer(
    manager: Client,
    receive: Receive,
) -> None:
    receive(3, "信号差", customer_key="13800138000")
    page = shown(manager)
    assert "信号差" in page
    assert "138****8000" in page
    assert "13800138000" not in page


def test_filters_narrow_the_list(
    manager: Client,
    receive: Receive,
    hotline_link: SurveyLink,
) -> None:
    old = clock.now() - dt.timedelta(days=40)
    receive(10, "promoter words")
    receive(8, "passive words")
    receive(6, "detractor words", responded_at=old)
    receive(9, "hotline words", link=hotline_link)
    month = (clock.now() - dt.timedelta(days=10)).date()
    for query, there, gone in (
        ("?given_class=promoter", "promoter words", "passive words"),
        ("?given_class=passive", "passive words", "detractor words"),
        ("?given_class=detractor", "detractor words", "promoter words"),
        ("?stream=transactional", "hotline words", "promoter words"),
        ("?touchpoint=TP_HOTLINE", "hotline words", "promoter words"),
        (f"?link={hotline_link.pk}", "hotline words", "promoter words"),
        (f"?since={month}", "promoter words", "detractor words"),
        (f"?until={month}", "detractor words", "promoter words"),
        ("?q=passive", "passive words", "hotline words"),
    ):
        page = shown(manager, query)
        assert there in page, query
        assert gone not in page, query


def test_filter_that_means_nothing_is_no_error(
    manager: Client,
    receive: Receive,
) -> None:
    receive(10, "words")
    for query in ("?since=yesterday", "?stream=x", "?before=x_y", "?link=-1"):
        assert "words" in shown(manager, query), query


def test_older_answers_follow_by_key_without_loss_or_repeat(
    manager: Client,
    receive: Receive,
) -> None:
    moment = clock.now()
    # All at one moment: only the id tells them apart.
    for number in range(120):
        receive(9, f"comment-{number:03d}.", responded_at=moment)
    seen: list[str] = []
    query = ""
    while True:
        page = manager.get(LIST + query)
        rows = page.context["page"]
        seen += [row.response.comment for row in rows.rows]
        if not rows.next_key:
            break
        query = "?" + manager.get(LIST).wsgi_request.GET.urlencode()
        query = f"?before={rows.next_key.replace('+', '%2B')}"
    assert len(seen) == len(set(seen)) == 120


def test_excluded_answers_are_counted_by_reason_and_restored(
    manager: Client,
    receive: Receive,
) -> None:
    kept, spam = receive(9, "kept"), receive(0, "spam words")
    sent = {"id": [spam.pk], "reason": "suspected_spam", "note": "同一设备"}
    manager.post(f"{LIST}exclude/", sent)
    assert "spam words" not in shown(manager)
    excluded = shown(manager, "?excluded=1")
    assert "spam words" in excluded
    assert "suspected spam 1" in excluded
    spam.refresh_from_db()
    assert spam.answers.get(is_primary=True).score == 0
    manager.post(f"{LIST}restore/", {"id": [spam.pk, kept.pk]})
    assert "spam words" in shown(manager)
    actions = AuditEntry.objects.filter(object_id=str(spam.pk), actor__isnull=False)
    assert set(actions.values_list("action", flat=True)) >= {
        "response.excluded",
        "response.restored",
    }


def test_excluding_needs_a_known_reason(manager: Client, receive: Receive) -> None:
    response = receive(9)
    manager.post(f"{LIST}exclude/", {"id": [response.pk], "reason": "disliked"})
    response.refresh_from_db()
    assert response.excluded == ""


def test_return_address_after_excluding_stays_on_the_site(
    manager: Client,
    receive: Receive,
) -> None:
    sent = {"id": [receive(9).pk], "reason": "test", "next": "https://evil.example/"}
    assert manager.post(f"{LIST}exclude/", sent)["Location"] == LIST


def test_one_answer_shows_its_question_class_data_and_history(
    manager: Client,
    link: SurveyLink,
    organisation: Organisation,
) -> None:
    (tenure,) = ensure_fields(
        organisation=organisation,
        fields=[("网龄(月)", "number", True)],
    )
    create_invitations(link=link, invitees=[Invitee("13800138000", {"城市": "成都"})])
    invitation = Invitation.objects.get()
    invitation.attributes[tenure.code] = 36
    invitation.save()
    version = published_version(link.instrument)
    occasion = Occasion(link, version, "zh-hans", invitation=invitation)
    response = save_score(occasion=occasion, score=6)
    save_score(occasion=occasion, score=9)
    page = manager.get(f"{LIST}{response.pk}/").content.decode()
    for text in (
        "您有多大可能性将华星推荐给朋友或同事？",
        "promoter",
        "Operational data as of the answer",
        "网龄(月)",
        "36",
        "成都",
        "Score changed 6 → 9",
        "138****8000",
    ):
        assert text in page, text


def test_agent_sees_only_the_answers_of_her_department(
    receive: Receive,
    organisation: Organisation,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    hall = Department.objects.create(
        organisation=organisation,
        code="h1",
        name="一号厅",
        path="/1/",
    )
    ours, theirs = receive(9, "our hall"), receive(9, "other hall")
    Response.objects.filter(pk=ours.pk).update(department=hall)
    agent = client_of(person_with(Role.AGENT, department=hall))
    page = shown(agent)
    assert "our hall" in page
    assert "other hall" not in page
    assert agent.get(f"{LIST}{theirs.pk}/").status_code == 404


def test_erasing_leaves_a_bare_tombstone_and_no_customer(
    officer: Client,
    receive: Receive,
) -> None:
    response = receive(2, "我叫李娜，号码13800138000", customer_key="13800138000")
    month = f"{response.responded_at:%Y-%m}"
    address = f"{LIST}{response.pk}/erase/"
    officer.get(address)
    assert Response.objects.exists()
    officer.post(address, {"reason": "客户要求，工单 7"})
    assert not Response.objects.exists()
    assert not Answer.objects.exists()
    assert not Customer.objects.exists()
    tombstone = ErasedResponse.objects.get()
    assert (tombstone.response_id, tombstone.month) == (response.pk, month)
    entry = AuditEntry.objects.get(action="response.erased")
    assert entry.reason == "客户要求，工单 7"
    assert "李娜" not in str(AuditEntry.objects.values())


def test_erasing_one_of_two_answers_keeps_the_customer(
    officer: Client,
    receive: Receive,
) -> None:
    first = receive(2, customer_key="13800138000")
    receive(9, customer_key="13800138000")
    officer.post(f"{LIST}{first.pk}/erase/", {"reason": "重复作答"})
    assert Response.objects.count() == 1
    assert Customer.objects.count() == 1


def test_personal_link_of_an_erased_answer_takes_no_other(
    client: Client,
    officer: Client,
    personal: Callable[..., str],
    give_score: Callable[..., str],
) -> None:
    address = personal(attributes={"城市": "成都"})
    give_score(client, address, 3)
    officer.post(f"{LIST}{Response.objects.get().pk}/erase/", {"reason": "客户要求"})
    assert client.get(address).status_code == 410
    assert Invitation.objects.get().attributes == {}


def test_erasing_needs_a_reason_and_the_permission(
    manager: Client,
    officer: Client,
    receive: Receive,
) -> None:
    address = f"{LIST}{receive(2).pk}/erase/"
    assert officer.post(address, {"reason": ""}).status_code == 200
    assert manager.post(address, {"reason": "客户要求"}).status_code == 403
    assert Response.objects.count() == 1
