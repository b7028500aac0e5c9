"""Places that belong to no app of customers: kept answers of the API, saved views."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import IdempotentCall
from zhiyin.act.privacy.models import IdentityCode, SubjectRequest
from zhiyin.analyze.dashboards.models import SavedView
from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    Wish,
    register_personal_data,
)
from zhiyin.listen.imports.services.holdings import pattern_of


def searched(subject: DataSubject) -> list[str]:
    """Return the texts to be found again, also as JSON spells them."""
    texts = [*subject.traces, *subject.words]
    spelled = [json.dumps(text)[1:-1] for text in texts]
    return list(dict.fromkeys([*texts, *spelled]))


def _answered(subject: DataSubject) -> Iterator[IdempotentCall]:
    pattern = pattern_of(searched(subject))
    calls = IdempotentCall.objects.filter(
        token__organisation_id=subject.organisation_id
    )
    for call in calls.iterator(chunk_size=200):
        kept = call.key.encode() + b"\n" + bytes(call.body)
        if pattern is not None and pattern.search(kept):
            yield call


def collect_answered(subject: DataSubject) -> Iterator[Held]:
    """Yield calls whose answers are kept for a day and name the customer."""
    for call in _answered(subject):
        yield Held(call.created_at, _("Answer to a program, kept for a day"))


def erase_answered(subject: DataSubject, _wish: Wish) -> int:
    """Delete them; the same call again is answered anew."""
    numbers = [call.pk for call in _answered(subject)]
    IdempotentCall.objects.filter(pk__in=numbers).delete()
    return len(numbers)


def _views(subject: DataSubject) -> QuerySet[SavedView]:
    mine = Q(pk__in=[])
    for trace in subject.traces:
        mine |= Q(query__icontains=trace) | Q(query__icontains=quote(trace, safe=""))
    return SavedView.objects.of(subject.organisation_id).filter(mine)


def collect_views(subject: DataSubject) -> Iterator[Held]:
    """Yield views in which somebody searched for the customer."""
    for view in _views(subject):
        yield Held(view.created_at, _("Saved view that searches for you"))


def erase_views(subject: DataSubject, _wish: Wish) -> int:
    """Delete the views."""
    return _views(subject).delete()[0]


def collect_requests(subject: DataSubject) -> Iterator[Held]:
    """Yield what the customer asked of this desk."""
    for each in SubjectRequest.objects.filter(customer_id=subject.customer_id):
        fields = {
            _("request"): each.get_kind_display(),
            _("state"): each.get_state_display(),
            _("address"): each.contact,
            _("text"): each.words,
            _("outcome"): each.outcome,
        }
        yield Held(each.received_at, _("Your request"), fields)


def erase_requests(subject: DataSubject, _wish: Wish) -> int:
    """Take name and words from requests; that they were answered stays."""
    codes = IdentityCode.objects.of(subject.organisation_id)
    codes.filter(contact_hash__in=subject.hashes).delete()
    rows = SubjectRequest.objects.filter(customer_id=subject.customer_id)
    return sum(empty_request(each) for each in rows)


def empty_request(request: SubjectRequest) -> int:
    """Take from one request what names the person; 0 when nothing was left."""
    held = bool(request.contact_encrypted or request.words_encrypted)
    request.contact_encrypted = request.words_encrypted = b""
    request.contact_masked = ""
    request.customer = None
    request.save(
        update_fields=[
            "contact_encrypted",
            "contact_masked",
            "words_encrypted",
            "customer",
        ]
    )
    request.notes.update(text_encrypted=b"")
    return int(held)


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "answered_calls",
        label=gettext_lazy("Kept answers of the API"),
        collect=collect_answered,
        erase=erase_answered,
    )
    register_personal_data(
        "saved_views",
        label=gettext_lazy("Saved views"),
        collect=collect_views,
        erase=erase_views,
    )
    register_personal_data(
        "privacy_requests",
        label=gettext_lazy("Requests to this desk"),
        collect=collect_requests,
        erase=erase_requests,
        stays=gettext_lazy("that a request was made, and answered in time"),
    )
