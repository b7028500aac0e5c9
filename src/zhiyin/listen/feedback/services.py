"""Writes about unasked feedback, and what is held of a customer in it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    Wish,
    erased_keys,
    get_or_create_customers,
    register_personal_data,
)
from zhiyin.listen.customers.services.events import department_finder
from zhiyin.listen.customers.services.keys import normalise_key
from zhiyin.listen.customers.services.returning import REFUSED
from zhiyin.listen.feedback.models import Feedback, FeedbackChannel, FeedbackQuerySet

LONGEST_TEXT, LONGEST_KEY, KEYS_PER_QUERY = 5_000, 120, 900
LONGEST_AHEAD = dt.timedelta(days=1)
_C = FeedbackChannel
# How systems call a channel in their files; the codes themselves are taken too.
_WORDS = {
    _C.COMPLAINT: ("投诉", "投訴", "投诉工单", "申诉"),
    _C.HOTLINE: ("热线", "熱線", "客服热线", "call", "phone", "10086"),
    _C.STORE: ("营业厅", "營業廳", "门店", "門市", "厅店", "shop", "hall"),
    _C.CHAT: ("在线客服", "線上客服", "聊天", "im"),
    _C.EMAIL: ("邮件", "郵件", "邮箱", "mail"),
    _C.FORUM: ("论坛", "論壇", "社区", "社區", "贴吧"),
    _C.SOCIAL: ("微博", "社交媒体", "社群媒體", "小红书", "抖音", "weibo"),
    _C.REVIEW: ("应用商店", "應用商店", "应用评价", "评论", "appstore"),
    _C.REGULATOR: ("监管", "監管", "工信部", "12300", "12315", "12345"),
    _C.EMPLOYEE: ("员工", "員工", "一线反馈"),
}
_CHANNELS = {word: code for code, words in _WORDS.items() for word in words} | {
    code.value: code for code in _C
}


@dataclass(frozen=True)
class GivenFeedback:
    """One thing said, as a source tells it; only the text and its time are needed."""

    text: str
    at: dt.datetime
    channel: str = ""
    customer: str = ""
    department: str = ""
    key: str = ""


@dataclass(frozen=True)
class RejectedFeedback:
    """What could not be kept: its place among those given, and why."""

    place: int
    reason: str


@dataclass(frozen=True)
class ReceivedFeedback:
    """What became of what was given: new, known before, or rejected."""

    new: int
    known: int
    rejected: tuple[RejectedFeedback, ...]


def channel_of(text: str) -> FeedbackChannel:
    """Return the channel a source means; what is not known is elsewhere."""
    return _CHANNELS.get(text.strip().casefold(), _C.OTHER)


@transaction.atomic
def receive_feedback(
    *,
    organisation: Organisation,
    given: Sequence[GivenFeedback],
    source: str = "",
    is_quiet: bool = False,
) -> ReceivedFeedback:
    """Keep what was not told before; customers not yet known are made.

    A quiet call leaves the record to its caller, who knows the whole.
    """
    departments = department_finder(organisation)
    good: dict[str, GivenFeedback] = {}
    rejected, repeated = [], 0
    for place, each in enumerate(given):
        fault = _fault(each, departments)
        key = _key(each)
        if fault:
            rejected.append(RejectedFeedback(place, fault))
        elif key in good:
            repeated += 1
        else:
            good[key] = each
    named = {each.customer for each in good.values() if each.customer}
    gone = erased_keys(organisation, named)
    for place, each in enumerate(given):
        if each.customer in gone and _key(each) in good:
            del good[_key(each)]
            rejected.append(RejectedFeedback(place, str(REFUSED)))
    rejected.sort(key=lambda each: each.place)
    known = _known(organisation, list(good))
    new = {key: each for key, each in good.items() if key not in known}
    _insert(organisation, new, departments, source)
    if new and not is_quiet:
        record(
            action="feedback.received",
            organisation=organisation,
            new=len(new),
            known=len(known) + repeated,
            rejected=len(rejected),
        )
    return ReceivedFeedback(len(new), len(known) + repeated, tuple(rejected))


def _fault(given: GivenFeedback, departments: Mapping[str, int]) -> str:
    """Return why something cannot be kept, in words, or ""."""
    if not 0 < len(given.text.strip()) <= LONGEST_TEXT:
        return _("Feedback has a text of 1 to %s characters.") % LONGEST_TEXT
    if len(given.key) > LONGEST_KEY:
        return _("A key has at most %s characters.") % LONGEST_KEY
    if given.at.tzinfo is None:
        return _("The time needs a zone, such as 2026-03-01T09:30:00+08:00.")
    if given.at > clock.now() + LONGEST_AHEAD:
        told = {"time": given.at.isoformat()}
        return _("The time lies more than a day ahead: %(time)s.") % told
    if given.department and given.department not in departments:
        told = {"code": given.department[:60]}
        return _("There is no department “%(code)s”.") % told
    return _customer_fault(given.customer)


def _customer_fault(customer: str) -> str:
    try:
        if customer:
            normalise_key(customer)
    except ValueError as error:
        return str(error)
    return ""


def _key(given: GivenFeedback) -> str:
    if given.key:
        return given.key
    parts = (given.channel, given.customer, given.at.isoformat(), given.text.strip())
    return f"row:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:40]}"


def _known(organisation: Organisation, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), KEYS_PER_QUERY):
        part = keys[start : start + KEYS_PER_QUERY]
        rows = Feedback.objects.of(organisation).filter(key__in=part)
        found.update(rows.values_list("key", flat=True))
    return found


def _insert(
    organisation: Organisation,
    new: Mapping[str, GivenFeedback],
    departments: Mapping[str, int],
    source: str,
) -> None:
    named = [each.customer for each in new.values() if each.customer]
    customers = get_or_create_customers(organisation=organisation, keys=named)
    Feedback.objects.bulk_create(
        [
            Feedback(
                organisation=organisation,
                customer_id=customers.get(each.customer),
                department_id=departments.get(each.department),
                channel=channel_of(each.channel),
                at=each.at,
                text=each.text.strip(),
                key=key,
                source=source,
            )
            for key, each in new.items()
        ],
        # Told twice at the same moment, the unique key decides.
        ignore_conflicts=True,
        batch_size=90,
    )


def _held(subject: DataSubject) -> FeedbackQuerySet:
    mine = Q(customer_id=subject.customer_id)
    for trace in subject.traces:
        mine |= Q(text__contains=trace)
    return Feedback.objects.of(subject.organisation_id).filter(mine)


def collect_feedback(subject: DataSubject) -> Iterator[Held]:
    """Yield what the customer said unasked."""
    for said in _held(subject):
        fields = {_("channel"): said.get_channel_display(), _("words"): said.text}
        yield Held(said.at, _("Unasked feedback"), fields)


@transaction.atomic
def erase_feedback(subject: DataSubject, _wish: Wish) -> int:
    """Delete what the customer said unasked: it holds nothing but their words."""
    return _held(subject).delete()[0]


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "feedback",
        label=gettext_lazy("Unasked feedback"),
        collect=collect_feedback,
        erase=erase_feedback,
    )
