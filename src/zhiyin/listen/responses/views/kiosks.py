"""The pages of a kiosk: what it shows, what it keeps, and what it sends back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import cache, partial, wraps
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from zhiyin.common import clock
from zhiyin.listen.programs.models import KioskDevice
from zhiyin.listen.programs.queries.kiosks import kiosk_of
from zhiyin.listen.programs.services.kiosks import PIN_ROUNDS, note_kiosk_seen
from zhiyin.listen.responses.forms import read_replies
from zhiyin.listen.responses.queries.kiosks import kiosk_setup
from zhiyin.listen.responses.services.kiosks import KioskReply, take_kiosk_answer
from zhiyin.listen.responses.views.frame import for_customers
from zhiyin.listen.responses.views.widgets import as_json, body_of, fields_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "worker-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FILES = ("zhiyin/kiosk.css", "zhiyin/kiosk.js")
LARGEST_BODY = 512 * 1024
MOST_AT_ONCE = 50
MOST_WAITING = 1_000_000
KEY = re.compile(r"[0-9a-zA-Z-]{16,40}")
Handler = Callable[[HttpRequest, KioskDevice], HttpResponse]


def _registered(handler: Handler) -> Callable[..., HttpResponse]:
    """Find the device of an address; a revoked one asks and sends nothing."""

    @wraps(handler)
    def view(request: HttpRequest, slug: str, code: str) -> HttpResponse:
        device = kiosk_of(slug, code)
        if device is None:
            return as_json({"problem": "there is no such kiosk"}, 404)
        if not device.is_active:
            return as_json({"problem": "this kiosk is revoked"}, 410)
        return handler(request, device)

    return for_customers(view)


def _guarded(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "DENY"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_GET
@_registered
def kiosk(request: HttpRequest, device: KioskDevice) -> HttpResponse:
    """Send the one page of a kiosk; everything on it is drawn by its script."""
    language = device.link.organisation.language
    context = {"lang": language, "name": device.link.organisation.brand}
    with translation.override(language):
        text = get_template("responses/kiosk.html").render(
            {**context, "files": [static(name) for name in FILES]}, request
        )
    return _guarded(HttpResponse(text))


@require_GET
@_registered
def kiosk_settings(
    request: HttpRequest,  # noqa: ARG001 the same for every handler.
    device: KioskDevice,
) -> HttpResponse:
    """Send the whole questionnaire, which the device keeps."""
    note_kiosk_seen(device=device)
    setup = kiosk_setup(device)
    setup["files"] = [static(name) for name in FILES]
    if setup["open"]:
        setup["device"]["rounds"] = PIN_ROUNDS
    return as_json(setup)


@cache
def _worker() -> bytes:
    return Path(str(finders.find("zhiyin/kiosk-worker.js"))).read_bytes()


@require_GET
@_registered
def kiosk_worker(
    request: HttpRequest,  # noqa: ARG001 the same for every handler.
    device: KioskDevice,  # noqa: ARG001
) -> HttpResponse:
    """Send the service worker, from the folder of the page it keeps."""
    return _guarded(HttpResponse(_worker(), content_type="text/javascript"))


@csrf_exempt
@require_POST
@_registered
def kiosk_answers(request: HttpRequest, device: KioskDevice) -> HttpResponse:
    """Take in what a device has kept; say of each answer whether it is here now."""
    try:
        content = body_of(request, LARGEST_BODY)
        sent_at = _moment(content.get("sent_at"))
    except ValueError as error:
        return as_json({"problem": str(error)}, 400)
    offset = (clock.now() - sent_at).total_seconds()
    answers = content.get("answers")
    done, refused = [], []
    for each in (answers if isinstance(answers, list) else [])[:MOST_AT_ONCE]:
        key = str(each.get("key") or "")[:80] if isinstance(each, dict) else ""
        try:
            given = _reply(key, each)
            take_kiosk_answer(device=device, given=given, offset_seconds=offset)
        except ValueError as error:
            refused.append({"key": key, "problem": str(error)})
        else:
            done.append(key)
    waiting = content.get("waiting")
    is_count = isinstance(waiting, int) and 0 <= waiting <= MOST_WAITING
    note_kiosk_seen(
        device=device,
        waiting=waiting if is_count else None,
        offset_seconds=offset,
    )
    return as_json({"done": done, "refused": refused})


def _reply(key: str, content: Any) -> KioskReply:
    """Read one answer; raises ValueError for what a kiosk does not send."""
    if not isinstance(content, Mapping) or not KEY.fullmatch(key):
        message = "an answer has a key of 16 to 40 letters and digits"
        raise ValueError(message)
    version = content.get("version")
    if not isinstance(version, int) or not 0 < version < 2**63:
        message = "an answer names the version it was given to"
        raise ValueError(message)
    return KioskReply(
        key=key,
        version_pk=version,
        language=str(content.get("language") or ""),
        began_at=_moment(content.get("began_at")),
        finished_at=_moment(content.get("finished_at")),
        is_complete=content.get("is_complete") is True,
        replies_of=partial(read_replies, data=fields_of(dict(content))),
    )


def _moment(text: Any) -> dt.datetime:
    moment = parse_datetime(str(text))
    if moment is None or moment.tzinfo is None:
        message = f"a time is written like 2026-05-03T08:30:00Z; received {text!r}"
        raise ValueError(message)
    return moment.astimezone(dt.UTC)
