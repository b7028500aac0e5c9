"""The same call twice has effect once, and is answered twice alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import ApiToken, IdempotentCall
from zhiyin.common import clock

KEPT = dt.timedelta(hours=24)
LONGEST_KEY = 200
KEPT_HEADERS = ("Content-Type", "Location", "Link")
FIRST_FAULT = 400


class KeyUsedError(ValueError):
    """The key came with another call within the last day, or is no key at all."""


def answer_once(
    *,
    token: ApiToken,
    key: str,
    fingerprint: str,
    run: Callable[[], HttpResponse],
) -> HttpResponse:
    """Run a call and keep its answer, or give the answer kept under the key.

    Call and answer are saved in one transaction: whatever ends the process, either
    both are there or neither. A call that fails leaves nothing, and its key is free.
    Raises KeyUsedError for a key that came with another call.
    """
    if len(key) > LONGEST_KEY or "\x00" in key:
        message = _("An Idempotency-Key has at most %(most)s characters.")
        raise KeyUsedError(message % {"most": LONGEST_KEY})
    now = clock.now()
    IdempotentCall.objects.filter(token=token, created_at__lt=now - KEPT).delete()
    with transaction.atomic():
        kept = _claim(token, key, fingerprint, now)
        if kept.status:
            return _replayed(kept)
        answer = run()
        if answer.status_code >= FIRST_FAULT or answer.streaming:
            transaction.set_rollback(True)
            return answer
        kept.status = answer.status_code
        kept.body = answer.content
        kept.headers = {
            name: answer[name] for name in KEPT_HEADERS if answer.has_header(name)
        }
        kept.save(update_fields=["status", "body", "headers"])
    return answer


def _claim(
    token: ApiToken,
    key: str,
    fingerprint: str,
    now: dt.datetime,
) -> IdempotentCall:
    """Return the row of a key: ours, or the one of the call that was first.

    A second call at the same moment waits here until the first one is done.
    """
    wanted = IdempotentCall(
        token=token,
        key=key,
        fingerprint=fingerprint,
        created_at=now,
    )
    IdempotentCall.objects.bulk_create([wanted], ignore_conflicts=True)
    kept = IdempotentCall.objects.get(token=token, key=key)
    if kept.fingerprint != fingerprint:
        raise KeyUsedError(
            _("This Idempotency-Key was sent with another call within the last day."),
        )
    return kept


def _replayed(kept: IdempotentCall) -> HttpResponse:
    answer = HttpResponse(bytes(kept.body), status=kept.status)
    for name, value in kept.headers.items():
        answer[name] = value
    answer["Idempotent-Replayed"] = "true"
    return answer
