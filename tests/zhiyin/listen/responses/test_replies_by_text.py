"""A survey held by text messages, from the first number to the last word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiyin.channels.base import Inbound
from zhiyin.channels.models import ChannelAccount, InboundMessage, Message
from zhiyin.channels.services import receive, send_due
from zhiyin.common import worker
from zhiyin.listen.programs.models import FrameMember, Invitation, Programme
from zhiyin.listen.programs.services.sending import send_due_members
from zhiyin.listen.responses.models import ReadReply, Response
from zhiyin.listen.responses.queries.texting import Said, hear_first, hear_later
from zhiyin.listen.responses.services.texting import read_replies
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot

PHONE = "13800138000"
NPS = ItemSnapshot(
    code="nps", kind=ItemKind.NPS, is_primary=True, is_required=False, asked_of="",
    scale_min=0, scale_max=10, detractor_max=6, promoter_min=9, texts={},
)  # fmt: skip

Reply = Callable[[str], tuple[str, list[str]]]


@pytest.fixture
def reply(
    db: None, moving_clock: Any, account: ChannelAccount,
    programme_with: Callable[..., Programme], member_of: Callable[..., FrameMember],
) -> Reply:  # fmt: skip
    """Ask one customer; each reply returns what came of it and what was sent since."""
    member_of(programme_with(account), employee="E7")
    send_due_members()
    while send_due():
        pass
    seen = Message.objects.count()

    def send(text: str) -> tuple[str, list[str]]:
        nonlocal seen
        moving_clock.pass_by(minutes=1)
        receive(
            account=account, inbound=[Inbound(kind="reply", sender=PHONE, text=text)]
        )
        while read_replies():
            pass
        assert not read_replies(), "a reply is read once"
        new = list(Message.objects.order_by("pk"))[seen:]
        seen += len(new)
        outcome = ReadReply.objects.latest("inbound_id").outcome
        return outcome, [str(each.content["body"]) for each in new]

    return send


@pytest.mark.requirement("R000-23")
def test_a_number_a_reason_and_words_become_one_response(reply: Reply):
    outcome, (why,) = reply("３分")
    assert outcome == "scored"
    assert "1网络" in why
    assert reply("1") == ("explained", [])
    assert reply("地下室没有信号") == ("explained", [])
    response = Response.objects.get()
    answers = {each.item: each for each in response.answers.all()}
    scored = next(each for each in answers.values() if each.is_primary)
    assert scored.score == 3
    assert answers["cause"].choices == ["NET"]
    assert response.comment == "地下室没有信号"
    assert (response.channel, response.employee) == ("sms", "E7")
    assert "sms_reply" in response.attributes.values()
    assert response.completed_at is not None
    invitation = Invitation.objects.get()
    assert invitation.answered_at is not None
    assert invitation.completed_at is not None
    assert response.invitation == invitation


def test_a_score_with_words_is_asked_nothing_more(reply: Reply):
    assert reply("9分,师傅态度好") == ("scored", [])
    assert Response.objects.get().comment == "师傅态度好"


def test_a_second_number_replaces_the_first_for_a_day_and_both_are_kept(
    reply: Reply, moving_clock: Any
):
    reply("9")
    assert reply("5分") == ("rescored", [])
    answer = Response.objects.get().answers.get(is_primary=True)
    assert answer.score == 5
    moving_clock.pass_by(hours=25)
    assert reply("10分")[0] == "late"
    answer.refresh_from_db()
    assert answer.score == 5
    kept = ReadReply.objects.order_by("inbound_id").values_list("score", flat=True)
    assert list(kept) == [9, 5, None]
    assert [each.text for each in InboundMessage.objects.order_by("pk")] == [
        "9", "5分", "10分",
    ]  # fmt: skip


def test_what_cannot_be_read_is_asked_again_then_shown_the_page_then_left(
    reply: Reply,
):
    outcome, (again,) = reply("8.5")
    assert outcome == "asked_again"
    assert "0到10" in again
    outcome, (page,) = reply("13800138000")
    assert outcome == "linked"
    assert "https://cx.example/s/" in page
    assert reply("100") == ("ignored", [])
    assert Response.objects.count() == 0
    assert reply("八分")[0] == "scored"


def test_a_goodbye_is_one_in_any_words(reply: Reply):
    assert reply("8 请退订") == ("opted_out", [])
    invitation = Invitation.objects.get()
    assert invitation.withdrawn_at is not None
    assert invitation.customer is not None
    assert invitation.customer.opted_out_at is not None
    assert reply("9")[0] == "ignored"


def test_who_replies_after_the_end_is_thanked_once(reply: Reply, moving_clock: Any):
    moving_clock.pass_by(hours=73)
    outcome, (thanks,) = reply("9")
    assert outcome == "late"
    assert "已结束" in thanks
    assert reply("9") == ("late", [])
    assert Response.objects.count() == 0


def test_a_text_that_belongs_to_no_question_is_left_alone(
    db: None, account: ChannelAccount
):
    stray = Inbound(kind="reply", sender="13700137000", text="9")
    receive(account=account, inbound=[stray, stray])
    worker.drain()
    assert set(ReadReply.objects.values_list("outcome", flat=True)) == {"unknown"}


@given(st.text(max_size=60), st.integers(0, 12))
def test_whatever_is_written_reading_it_never_fails(text: str, options: int):
    first, later = hear_first(text, NPS), hear_later(text, NPS, options)
    if first.said is Said.SCORE:
        assert first.score is not None
        assert 0 <= first.score <= 10
    if later.option is not None:
        assert 1 <= later.option <= options
