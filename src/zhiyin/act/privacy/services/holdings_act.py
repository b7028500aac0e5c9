"""What Act holds of a customer: cases with all that hangs on them, alerts, notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.act.alerts.models import Alert
from zhiyin.act.cases.models import Case
from zhiyin.act.cases.services import erase_customer_from_cases
from zhiyin.act.notices.models import Notice, NoticeDelivery
from zhiyin.act.recovery.models import Telling
from zhiyin.channels.models import MessageState
from zhiyin.channels.services import (
    MessageTraces,
    forget_messages,
    forget_subjects,
    messages_about,
)
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    TryAgainError,
    Wish,
    register_personal_data,
)

_KEYS_AT_ONCE = 200


def _cases(subject: DataSubject) -> QuerySet[Case]:
    return Case.objects.filter(customer_id=subject.customer_id)


def _alerts(subject: DataSubject) -> QuerySet[Alert]:
    number = subject.customer_id
    mine = Q(customer_id=number) | Q(response__customer_id=number)
    return Alert.objects.filter(mine, organisation_id=subject.organisation_id)


def collect_cases(subject: DataSubject) -> Iterator[Held]:
    """Yield cases with their journal, contacts, promises and what was given."""
    for case in _cases(subject):
        yield Held(
            case.opened_at,
            _("Your matter"),
            {
                _("summary"): case.summary,
                _("state"): case.get_state_display(),
                _("action taken"): case.action_taken,
            },
        )
        for attempt in case.attempts.all():
            reached = {
                _("result"): attempt.get_result_display(),
                _("note"): attempt.note,
            }
            yield Held(attempt.at, _("Attempt to reach you"), reached)
        for promise in case.promises.all():
            fields: dict[str, Any] = {
                _("promise"): promise.text,
                _("until"): promise.due_at,
            }
            yield Held(promise.made_at, _("Promise to you"), fields)
        for comment in case.comments.all():
            yield Held(comment.at, _("Remark on your matter"), {"": comment.text})
        for file in case.attachments.all():
            yield Held(file.at, _("File on your matter"), {"": file.name})


@transaction.atomic
def erase_cases(subject: DataSubject, _wish: Wish) -> int:
    """Take person and words from cases; states, clocks and causes stay."""
    numbers = [*_cases(subject).values_list("pk", flat=True)]
    _erase_tellings(subject, numbers)
    forget_subjects(
        organisation_id=subject.organisation_id,
        subjects=[f"case:{number}" for number in numbers],
    )
    _empty_notices(subject, [f"/cases/{number}/" for number in numbers])
    customer = Customer.objects.filter(pk=subject.customer_id).first()
    return erase_customer_from_cases(customer=customer) if customer else 0


def _erase_tellings(subject: DataSubject, cases: list[int]) -> None:
    mine = Telling.objects.filter(Q(case__in=cases) | Q(customer=subject.customer_id))
    keys = [key for key in mine.values_list("message_key", flat=True) if key]
    _forget(subject, keys)
    mine.update(words_encrypted=b"")


def _forget(subject: DataSubject, keys: list[str]) -> None:
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        traces = MessageTraces(
            organisation_id=subject.organisation_id,
            keys=tuple(keys[start : start + _KEYS_AT_ONCE]),
        )
        if messages_about(traces).filter(state=MessageState.SENDING).exists():
            raise TryAgainError(str(Telling._meta.verbose_name_plural))  # noqa: SLF001
        forget_messages(traces=traces)


def _empty_notices(subject: DataSubject, addresses: list[str]) -> int:
    """Take the words from what colleagues were told, in the page and by message."""
    mine = Q(pk__in=[])
    for address in addresses:
        mine |= Q(url__contains=address)
    rows = Notice.objects.of(subject.organisation_id).filter(mine)
    told = [*rows.values_list("pk", flat=True)]
    sent = NoticeDelivery.objects.filter(notice__in=told)
    _forget(subject, [key for key in sent.values_list("message_key", flat=True) if key])
    return Notice.objects.filter(pk__in=told).update(title="–", text="")


def collect_alerts(subject: DataSubject) -> Iterator[Held]:
    """Yield alerts about the customer."""
    for alert in _alerts(subject).select_related("rule"):
        fields = {
            _("rule"): str(alert.rule),
            _("score"): alert.score,
            _("reason"): alert.dismissed_because,
        }
        yield Held(alert.raised_at, _("Alert about your answer"), fields)


@transaction.atomic
def erase_alerts(subject: DataSubject, _wish: Wish) -> int:
    """Take the person from alerts, and the words from what was told of them."""
    rows = _alerts(subject)
    numbers = [*rows.values_list("pk", flat=True)]
    answers = [each for each in rows.values_list("response_id", flat=True) if each]
    addresses = [f"/alerts/{number}/" for number in numbers]
    addresses += [f"/responses/{number}/" for number in answers]
    _empty_notices(subject, addresses)
    forget_subjects(
        organisation_id=subject.organisation_id,
        subjects=[f"alert:{number}" for number in numbers],
    )
    emptied = {"customer": None, "event": None, "dismissed_because": ""}
    return Alert.objects.filter(pk__in=numbers).update(**emptied)


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "alerts",
        label=gettext_lazy("Alerts"),
        collect=collect_alerts,
        erase=erase_alerts,
        stays=gettext_lazy("that an alert was raised, and what came of it"),
    )
    register_personal_data(
        "cases",
        label=gettext_lazy("Cases"),
        collect=collect_cases,
        erase=erase_cases,
        stays=gettext_lazy("states, clocks and causes, without person or words"),
    )
