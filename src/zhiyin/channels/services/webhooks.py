"""Writes about webhooks: endpoints, their secrets, and what they are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.channels.models.webhooks import (
    TEST_EVENT,
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from zhiyin.channels.webhook import new_secret
from zhiyin.common import clock

SECRET_OVERLAP = dt.timedelta(hours=24)
MOST_ENDPOINTS = 20
KEPT = dt.timedelta(days=30)
BATCH = 500


@dataclass(frozen=True)
class Occasion:
    """Something to tell: under which key, what about, in which words."""

    key: str
    event: str
    subject: str
    payload: Mapping[str, Any] = field(default_factory=dict)


def _check(endpoint: WebhookEndpoint, by: Person) -> None:
    try:
        parts = urlsplit(endpoint.url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
        is_bare = parts.username is None and (parts.port or 1) > 0
    except ValueError:
        is_address = is_bare = False
    if not (is_address and is_bare):
        raise ValidationError(
            {"url": _("An address begins with https:// and names a host.")},
        )
    if not endpoint.events or set(endpoint.events) - set(WebhookEvent.values):
        raise ValidationError({"events": _("Choose what the program is told of.")})
    if not endpoint.may_be_changed_by(by):
        raise PermissionDenied(
            _("Only who may export all of this may have it sent elsewhere."),
        )


@transaction.atomic
def save_endpoint(*, endpoint: WebhookEndpoint, by: Person) -> str:
    """Add or change an endpoint; return the secret of a new one, else ""."""
    secret = ""
    if endpoint._state.adding:  # noqa: SLF001 Django's own word for it.
        there = WebhookEndpoint.objects.of(endpoint.organisation_id)
        if there.count() >= MOST_ENDPOINTS:
            message = _("There are %(most)s webhooks already; delete one first.")
            raise ValidationError(message % {"most": MOST_ENDPOINTS})
        secret = new_secret()
        endpoint.keep_secret(secret)
        endpoint.created_at = clock.now()
    else:
        before = WebhookEndpoint.objects.get(pk=endpoint.pk)
        if not before.may_be_changed_by(by):
            raise PermissionDenied
    _check(endpoint, by)
    endpoint.save()
    record(
        action="webhook.created" if secret else "webhook.changed",
        target=endpoint,
        url=endpoint.url,
        events=endpoint.events,
        reveals_contacts=endpoint.reveals_contacts,
    )
    return secret


@transaction.atomic
def renew_secret(*, endpoint: WebhookEndpoint) -> str:
    """Return a new secret; for a day calls carry the signature of both."""
    secret = new_secret()
    endpoint.previous_secret_encrypted = endpoint.secret_encrypted
    endpoint.previous_secret_until = clock.now() + SECRET_OVERLAP
    endpoint.keep_secret(secret)
    endpoint.save(
        update_fields=[
            "secret_encrypted",
            "previous_secret_encrypted",
            "previous_secret_until",
        ],
    )
    record(action="webhook.secret_renewed", target=endpoint)
    return secret


@transaction.atomic
def set_endpoint_enabled(*, endpoint: WebhookEndpoint, is_enabled: bool) -> None:
    """Pause an endpoint, whose calls wait, or go on."""
    endpoint.is_enabled = is_enabled
    endpoint.disabled_because, endpoint.failing_since = "", None
    endpoint.save(update_fields=["is_enabled", "disabled_because", "failing_since"])
    action = "webhook.enabled" if is_enabled else "webhook.paused"
    record(action=action, target=endpoint)


@transaction.atomic
def delete_endpoint(*, endpoint: WebhookEndpoint) -> None:
    """Delete an endpoint with its calls."""
    record(action="webhook.deleted", target=endpoint, url=endpoint.url)
    endpoint.delete()


@transaction.atomic
def test_endpoint(*, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Queue a call that says nothing of anybody."""
    now = clock.now()
    payload = {
        "type": TEST_EVENT,
        "timestamp": now.isoformat(),
        "data": {"greeting": "知音"},
    }
    made = WebhookDelivery.objects.create(
        organisation_id=endpoint.organisation_id,
        endpoint=endpoint,
        key=f"test:{now.timestamp()}",
        event=TEST_EVENT,
        body_encrypted=WebhookDelivery.sealed(payload),
        next_attempt_at=now,
        created_at=now,
    )
    record(action="webhook.tested", target=endpoint)
    return made


@transaction.atomic
def replay_delivery(*, delivery: WebhookDelivery) -> None:
    """Tell the same once more, under the same id; raises where it was erased."""
    if not delivery.body_encrypted:
        raise ValidationError(_("What was told has been erased."))
    delivery.state, delivery.attempts = DeliveryState.WAITING, 0
    delivery.next_attempt_at, delivery.finished_at = clock.now(), None
    delivery.save(
        update_fields=["state", "attempts", "next_attempt_at", "finished_at"],
    )
    record(action="webhook.replayed", target=delivery, event=delivery.event)


def queue_occasions(*, endpoint: WebhookEndpoint, occasions: Iterable[Occasion]) -> int:
    """Queue what an endpoint is to be told; an occasion met before adds nothing."""
    now = clock.now()
    wanted = {each.key: each for each in occasions}
    known = set(
        endpoint.deliveries.filter(key__in=list(wanted)).values_list("key", flat=True),
    )
    made = [
        WebhookDelivery(
            organisation_id=endpoint.organisation_id,
            endpoint=endpoint,
            key=each.key,
            event=each.event,
            subject=each.subject,
            body_encrypted=WebhookDelivery.sealed(dict(each.payload)),
            next_attempt_at=now,
            created_at=now,
        )
        for each in wanted.values()
        if each.key not in known
    ]
    WebhookDelivery.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    return len(made)


def forget_subjects(*, organisation_id: int, subjects: list[str]) -> None:
    """Take away the content of calls about what was erased; none is sent any more."""
    rows = WebhookDelivery.objects.of(organisation_id).filter(subject__in=subjects)
    rows.filter(state=DeliveryState.WAITING).update(state=DeliveryState.FAILED)
    rows.update(body_encrypted=b"", answer="")


def forget_people(*, organisation_id: int, subjects: list[str]) -> None:
    """Take away what was told in clear about answers that are nobody's any more."""
    rows = WebhookDelivery.objects.of(organisation_id).filter(
        subject__in=subjects,
        endpoint__reveals_contacts=True,
    )
    rows.exclude(state=DeliveryState.WAITING).update(body_encrypted=b"", answer="")


def forget_old_deliveries() -> bool:
    """Delete calls of more than a month ago."""
    WebhookDelivery.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return False
