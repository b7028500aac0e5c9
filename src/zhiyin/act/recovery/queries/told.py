"""What a person reads about a message to the customer of a case."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.act.cases.models import Case
from zhiyin.act.recovery.models import Remeasurement, Telling, TellingState
from zhiyin.act.recovery.queries.ways import settings_of, ways_for
from zhiyin.act.recovery.queries.words import language_of
from zhiyin.channels.models import Medium
from zhiyin.listen.contacts.models import RuleName, SuppressionReason
from zhiyin.listen.programs.models import Channel, FrameMember

_OWN_REASONS: dict[str, str | Promise] = {
    "bad_text": gettext_lazy("the text cannot be sent as it is; it is tried again"),
    "no_sender": gettext_lazy("no sender is set up for such messages"),
    "no_address": gettext_lazy("the customer left no address for this way"),
    "no_consent": gettext_lazy("the customer wants no service messages"),
    "by_person": gettext_lazy("taken back by a colleague"),
    "reopened": gettext_lazy("the case was opened again"),
    "erased": gettext_lazy("the customer was erased"),
    "too_late": gettext_lazy("it could not leave for a week"),
}


def reason_text(telling: Telling) -> str:
    """Return in words which rule holds a message back; empty where none does."""
    known: dict[str, Any] = {
        **dict(RuleName.choices),
        **dict(SuppressionReason.choices),
        **_OWN_REASONS,
    }
    return str(known.get(telling.reason, telling.reason))


def telling_page(case: Case, telling: Telling | None) -> dict[str, Any]:
    """Return what the page of one message shows."""
    settings = settings_of(case.organisation_id)
    ways = ways_for(case, settings)
    names = dict(Channel.choices)
    is_open = telling is None or telling.is_open
    return {
        "case": case,
        "telling": telling,
        "is_editable": is_open and case.customer_id is not None,
        "can_send": is_open and not case.is_open and case.customer_id is not None,
        "state": telling.get_state_display() if telling else "",
        "is_well": telling is not None
        and telling.state in {TellingState.SENT, TellingState.DELIVERED},
        "reason": reason_text(telling) if telling else "",
        "way": names.get(ways[0].channel, ways[0].channel) if ways else "",
        "has_subject": any(way.channel == Medium.EMAIL for way in ways),
        "language": telling.language if telling else language_of(case),
        "resurveys": [_resurvey(each) for each in _asked_again(case)],
        "waits": settings.wait_minutes,
    }


def _asked_again(case: Case) -> list[Remeasurement]:
    rows = case.remeasurements.select_related("response").order_by("turn")
    return list(rows)


def _resurvey(row: Remeasurement) -> dict[str, Any]:
    """Return one re-survey: when it goes out, and what came back."""
    member = (
        FrameMember.objects.of(row.organisation_id)
        .filter(event__key=row.event_key)
        .select_related("programme")
        .first()
    )
    answer = (
        row.response.answers.filter(is_primary=True).first()
        if row.response is not None
        else None
    )
    return {
        "closed_at": row.closed_at,
        "before": row.before_score,
        "before_class": row.before_class,
        "after": answer.score if answer is not None else None,
        "after_class": answer.given_class if answer is not None else "",
        "member": member,
        "member_state": member.get_state_display() if member else "",
        "member_reason": _member_reason(member),
    }


def _member_reason(member: FrameMember | None) -> str:
    if member is None:
        return _("no programme asks after closed cases: switch TP_CASE_CLOSE on")
    known: dict[str, Any] = {
        **dict(RuleName.choices),
        **dict(SuppressionReason.choices),
        **_OWN_REASONS,
    }
    return str(known.get(member.reason, member.reason))
