"""Customers hear what became of their case: once, at a decent hour, with proof."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from tests.zhiyin.act.recovery.conftest import Time
from tests.zhiyin.listen.asking import sent_by
from zhiyin.accounts.models import Organisation, Person
from zhiyin.act.cases.models import Case, Cause, State
from zhiyin.act.recovery.models import Remeasurement, Telling
from zhiyin.act.recovery.queries import Words
from zhiyin.act.recovery.services import (
    News,
    follow_closed,
    follow_messages,
    follow_reopened,
    save_closing_text,
    send_due_tellings,
    send_news,
    write_telling,
)
from zhiyin.channels.models import ChannelAccount
from zhiyin.common import clock
from zhiyin.listen.contacts.models import ContactDecision, SuppressionReason
from zhiyin.listen.contacts.services import suppress_customer
from zhiyin.listen.customers.models import ConsentEntry, CustomerEvent

pytestmark = pytest.mark.django_db


def run() -> None:
    """Do the worker's part twice: what is done is not done again."""
    for _time in range(2):
        follow_closed()
        follow_reopened()
        send_due_tellings()


def bodies(sender: ChannelAccount) -> list[str]:
    return [each["body"] for each in sent_by(sender)]


def test_a_closed_case_tells_its_customer_once_after_the_time_to_change_the_words(
    sender: ChannelAccount, case_of: Callable[..., Case], time: Time
):
    case = case_of()
    run()
    assert bodies(sender) == [], "there is time to change the text"
    time.forward(minutes=11)
    run()
    (body,) = bodies(sender)
    assert body == (
        "您6月1日反映的“网速慢”，我们已经处理。若还不合您的需要，请致电我们。"
        "谢谢您告诉我们。"
    )
    follow_messages()
    follow_messages()
    case.refresh_from_db()
    assert case.customer_told is True
    proof = case.events.get(kind="customer_told")
    assert proof.detail["channel"] == "sms"
    assert "138001" not in str(proof.detail), "the proof shows no number"
    telling = Telling.objects.get()
    assert telling.state == "sent"
    assert telling.decision is not None
    assert telling.decision.stream == "service"


def test_words_written_before_closing_and_texts_of_the_cause_go_before_the_standard(
    sender: ChannelAccount, case_of: Callable[..., Case], time: Time, cause: Cause,
    organisation: Organisation, person_with: Callable[..., Person],
):  # fmt: skip
    said = {"zh-hans": {"subject": "", "body": "{cause}：已在您所在小区加站。{brand}"}}
    save_closing_text(organisation=organisation, cause=cause.parent, texts=said)
    case_of()
    opened = case_of(state=State.IN_PROGRESS, closed_at=None, outcome="")
    write_telling(
        case=opened, person=person_with(), words=Words("", "小李今天已上门换好光猫。")
    )
    run()
    Case.objects.filter(pk=opened.pk).update(
        state=State.CLOSED, closed_at=clock.now(), outcome="resolved"
    )
    run()
    time.forward(minutes=11)
    run()
    assert sorted(bodies(sender)) == [
        "小李今天已上门换好光猫。", "网速慢：已在您所在小区加站。华星"
    ]  # fmt: skip
    with pytest.raises(ValidationError):
        write_telling(case=opened, person=person_with(), words=Words("", "再补一句"))


@pytest.mark.parametrize(
    ("stands_against", "state", "reason"),
    [
        ("consent", "unreachable", "no_consent"),
        ("legal_hold", "blocked", "legal_hold"),
        ("night", "deferred", "quiet_hours"),
    ],
)
def test_what_the_policy_refuses_is_not_sent_and_the_rule_is_named(
    sender: ChannelAccount, case_of: Callable[..., Case], time: Time,
    stands_against: str, state: str, reason: str,
):  # fmt: skip
    case = case_of()
    if stands_against == "consent":
        ConsentEntry.objects.create(
            organisation=case.organisation, customer=case.customer, purpose="service",
            state="withdrawn", recorded_at=clock.now(),
        )  # fmt: skip
    elif stands_against == "legal_hold":
        assert case.customer is not None
        suppress_customer(customer=case.customer, reason=SuppressionReason.LEGAL_HOLD)
    run()
    time.forward(hours=10 if stands_against == "night" else 1)
    run()
    telling = Telling.objects.get()
    assert (telling.state, telling.reason) == (state, reason)
    assert bodies(sender) == []
    case.refresh_from_db()
    assert case.customer_told is None


def test_a_reopened_case_takes_its_message_back_and_its_next_closing_tells_anew(
    sender: ChannelAccount, case_of: Callable[..., Case], time: Time
):
    case = case_of()
    run()
    Case.objects.filter(pk=case.pk).update(
        state=State.REOPENED, closed_at=None, reopened_count=1
    )
    run()
    assert Telling.objects.get().state == "cancelled"
    kinds = CustomerEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["case.closed", "case.reopened"]
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, closed_at=clock.now())
    run()
    time.forward(minutes=11)
    run()
    assert len(bodies(sender)) == 1
    assert Remeasurement.objects.count() == 2


def test_news_about_a_cause_goes_once_to_each_customer_who_was_confirmed(
    sender: ChannelAccount, case_of: Callable[..., Case], time: Time, cause: Cause,
    person_with: Callable[..., Person],
):  # fmt: skip
    first = case_of()
    case_of(first.customer)
    case_of(outcome="no_contact")
    case_of()
    person = person_with()
    assert cause.parent is not None
    news = News(
        cause=cause.parent, since=time.moment.date(), expected=3, key="form-1",
        texts={"zh-hans": {"subject": "", "body": "关于{cause}，我们改了。"}},
    )  # fmt: skip
    with pytest.raises(ValidationError, match="2"):
        send_news(person=person, news=news)
    confirmed = News(news.cause, news.since, news.texts, 2, "form-1")
    assert send_news(person=person, news=confirmed) == send_news(
        person=person, news=confirmed
    )
    send_due_tellings()
    assert bodies(sender) == ["关于移动网络，我们改了。"] * 2
    assert ContactDecision.objects.filter(stream="service").count() == 2
