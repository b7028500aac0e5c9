"""Calling endpoints: claimed, called side by side, settled, tried again for days.

A call is claimed by moving its next attempt two minutes away, and that is committed
before anything leaves. A worker that dies leaves calls that are simply due again: the
receiver may be told twice, under the same id, and never not at all.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F

from zhiyin.channels.models.webhooks import (
    GONE,
    TOO_LONG,
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
)
from zhiyin.channels.webhook import Outcome, call, networks, signed_headers
from zhiyin.common import clock
from zhiyin.common.confidential import KeyLostError

logger = logging.getLogger(__name__)

AT_ONCE = 16
AT_ONCE_PER_ENDPOINT = 8
LOOKED_AT = 200
CLAIM_LIFETIME = dt.timedelta(minutes=2)
# Together a little over three days.
BACK_OFF = tuple(
    dt.timedelta(seconds=each)
    for each in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
GIVEN_UP_AFTER = dt.timedelta(days=3)


@dataclass(frozen=True)
class _Call:
    delivery: WebhookDelivery
    body: bytes
    headers: dict[str, str]


def call_due() -> bool:
    """Make the calls that are due, some at a time; True when there may be more."""
    claimed = _claim()
    if not claimed:
        return False
    calls = [each for each in (_prepared(one) for one in claimed) if each]
    allowed = networks(settings.WEBHOOK_ALLOW)
    # Threads touch no database: they only wait for other people's servers.
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        outcomes = list(
            pool.map(
                lambda one: call(
                    one.delivery.endpoint.url,
                    one.body,
                    one.headers,
                    allowed,
                ),
                calls,
            ),
        )
    for made, outcome in zip(calls, outcomes, strict=True):
        _settle(made.delivery, outcome)
    return True


def _claim() -> list[WebhookDelivery]:
    """Claim due calls; an endpoint that fails gets one at a time."""
    now = clock.now()
    claimed: list[WebhookDelivery] = []
    taken: Counter[int] = Counter()
    due = WebhookDelivery.objects.due(now).select_related("endpoint")
    for delivery in due[:LOOKED_AT]:
        endpoint = delivery.endpoint
        most = 1 if endpoint.failing_since else AT_ONCE_PER_ENDPOINT
        if taken[endpoint.pk] >= most:
            continue
        free = WebhookDelivery.objects.due(now).filter(pk=delivery.pk).order_by()
        mine = WebhookDelivery.objects.filter(
            pk__in=free.values("pk"),
            attempts=delivery.attempts,
        )
        if mine.update(
            next_attempt_at=now + CLAIM_LIFETIME,
            attempts=F("attempts") + 1,
        ):
            delivery.attempts += 1
            taken[endpoint.pk] += 1
            claimed.append(delivery)
        if len(claimed) >= AT_ONCE:
            break
    return claimed


def _prepared(delivery: WebhookDelivery) -> _Call | None:
    now = clock.now()
    try:
        body = delivery.body
        headers = signed_headers(
            delivery.endpoint.secrets_in_use(now),
            delivery.webhook_id,
            int(now.timestamp()),
            body,
        )
    except KeyLostError as error:
        _finish(delivery, DeliveryState.FAILED, Outcome(0, error=str(error)))
        return None
    headers |= {"Content-Type": "application/json", "User-Agent": "Zhiyin-Webhooks/1"}
    return _Call(delivery, body, headers)


def _settle(delivery: WebhookDelivery, outcome: Outcome) -> None:
    endpoint = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    now = clock.now()
    if outcome.is_taken:
        _finish(delivery, DeliveryState.DELIVERED, outcome)
        endpoint.exclude(failing_since=None).update(failing_since=None)
        return
    endpoint.filter(failing_since=None).update(failing_since=now)
    if outcome.is_gone:
        _finish(delivery, DeliveryState.FAILED, outcome)
        _disable(delivery.endpoint, GONE)
    elif delivery.attempts > len(BACK_OFF):
        _finish(delivery, DeliveryState.FAILED, outcome)
        is_long = endpoint.filter(failing_since__lt=now - GIVEN_UP_AFTER).exists()
        if is_long:
            _disable(delivery.endpoint, TOO_LONG)
    else:
        _note(delivery, outcome, next_attempt_at=now + BACK_OFF[delivery.attempts - 1])


def _finish(delivery: WebhookDelivery, state: str, outcome: Outcome) -> None:
    _note(delivery, outcome, state=state, finished_at=clock.now(), next_attempt_at=None)


def _note(delivery: WebhookDelivery, outcome: Outcome, **changes: object) -> None:
    """Write an outcome down, unless the call was decided or erased meanwhile."""
    mine = WebhookDelivery.objects.filter(
        pk=delivery.pk,
        state=DeliveryState.WAITING,
        attempts=delivery.attempts,
    )
    mine.update(
        status=outcome.status,
        answer=outcome.answer,
        error=outcome.error,
        **changes,
    )


def _disable(endpoint: WebhookEndpoint, because: str) -> None:
    WebhookEndpoint.objects.filter(pk=endpoint.pk, is_enabled=True).update(
        is_enabled=False,
        disabled_because=because,
    )
    logger.warning("webhook %s is disabled: %s", endpoint.pk, because)
