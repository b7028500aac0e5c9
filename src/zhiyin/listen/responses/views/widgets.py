"""What a widget on another site fetches and sends: JSON, and no cookie.

Only the sites that a widget names may read and send; a browser tells which site it
is, and no page can change what the browser tells.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from zhiyin.listen.programs.models import Widget
from zhiyin.listen.programs.queries.widgets import widget_of
from zhiyin.listen.programs.services import TooManyAnswersError
from zhiyin.listen.responses.queries import VisitRefusedError
from zhiyin.listen.responses.services.recognising import ForgedError
from zhiyin.listen.responses.views import widget_steps
from zhiyin.listen.responses.views.frame import for_customers

LARGEST_BODY = 64 * 1024
KEPT_SECONDS = 120
Handler = Callable[[HttpRequest, Widget, dict[str, Any]], dict[str, Any]]


@cache
def _script() -> bytes:
    found = finders.find("zhiyin/widget.js")
    return Path(str(found)).read_bytes()


@for_customers
@require_GET
def script(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Send the script under an address that never changes."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def as_json(content: dict[str, Any], status: int = 200) -> HttpResponse:
    """Return JSON that nobody keeps and no page can be made of."""
    text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def body_of(request: HttpRequest, largest: int = LARGEST_BODY) -> dict[str, Any]:
    """Return what was sent; raises ValueError for what is no JSON object."""
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        content = json.loads(request.read(min(size, largest + 1)))
    except (ValueError, RecursionError, OSError) as error:
        message = "a JSON object is expected"
        raise ValueError(message) from error
    if size > largest or not isinstance(content, dict):
        message = f"a JSON object of at most {largest} bytes is expected"
        raise ValueError(message)
    return content


def fields_of(content: dict[str, Any]) -> QueryDict:
    """Return the fields of a page as a form would have sent them."""
    fields = QueryDict(mutable=True)
    sent = content.get("fields")
    for pair in sent if isinstance(sent, list) else ():
        if isinstance(pair, list) and len(pair) == 2:  # noqa: PLR2004 name and value.
            fields.appendlist(str(pair[0]), str(pair[1]))
    return fields


def _answer(handler: Handler, request: HttpRequest, widget: Widget) -> HttpResponse:
    try:
        content = {} if request.method == "GET" else body_of(request)
        return as_json(handler(request, widget, content))
    except VisitRefusedError as refusal:
        return as_json({"asked": False, "reason": refusal.kind})
    except TooManyAnswersError as error:
        return as_json({"problem": str(error)}, 429)
    except ForgedError as error:
        return as_json({"problem": str(error)}, 403)
    except ValueError as error:
        return as_json({"problem": str(error)}, 400)


def _may_come(request: HttpRequest, widget: Widget) -> bool:
    origin = request.headers.get("Origin")
    if origin is None:
        # A page of our own host reads without saying so; another could not read.
        return request.method in {"GET", "HEAD"}
    return origin.lower() in widget.origins


def _call(method: str) -> Callable[[Handler], Callable[..., HttpResponse]]:
    """Open a handler to the sites that the widget names."""

    def decorate(handler: Handler) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(handler)
        def view(request: HttpRequest, public_id: str) -> HttpResponse:
            widget = widget_of(public_id)
            if widget is None:
                return as_json({"problem": "there is no such widget"}, 404)
            if not _may_come(request, widget):
                response = as_json({"problem": "this site may not ask here"}, 403)
            elif request.method == "OPTIONS":
                response = HttpResponse(status=204)
            elif request.method == method:
                response = _answer(handler, request, widget)
            else:
                response = as_json({"problem": f"send {method}"}, 405)
            return _shared(request, widget, response)

        return for_customers(view)

    return decorate


def _shared(
    request: HttpRequest,
    widget: Widget,
    response: HttpResponse,
) -> HttpResponse:
    """Tell the browser which site may read the answer."""
    response["Vary"] = "Origin"
    origin = request.headers.get("Origin", "")
    if origin and origin.lower() in widget.origins:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = "GET, POST"
        response["Access-Control-Allow-Headers"] = "Content-Type"
        response["Access-Control-Max-Age"] = "600"
    if request.method == "GET" and response.status_code == 200:  # noqa: PLR2004 OK.
        response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


@_call("GET")
def config(
    request: HttpRequest,
    widget: Widget,
    content: dict[str, Any],  # noqa: ARG001 the same for every handler.
) -> dict[str, Any]:
    """Say what the widget looks like, when it asks and how often."""
    address = request.build_absolute_uri(f"/s/{widget.link.slug}/privacy/")
    return settings_of(widget, request.GET.get("lang", ""), address)


def settings_of(widget: Widget, language: str, privacy: str) -> dict[str, Any]:
    """Return what the script needs before it asks anything."""
    link = widget.link
    known = dict(settings.LANGUAGES)
    with translation.override(
        language if language in known else settings.LANGUAGE_CODE
    ):
        return {
            "live": widget.is_live and not link.is_personal and link.takes_answers(),
            "shape": widget.shape,
            "corner": widget.corner,
            "accent": widget.accent,
            "triggers": widget.triggers,
            "frequency": widget.frequency,
            "brand": widget.organisation.brand,
            "privacy": privacy,
            "texts": {
                "send": _("Send"),
                "next": _("Next"),
                "close": _("Close"),
                "privacy": _("Privacy"),
                "required": _("(needs an answer)"),
                "yes": _("Yes, you may"),
                "no": _("No, thank you"),
                "when": _("If so, when?"),
                "failed": _("This could not be sent. Please try again."),
            },
        }


@_call("POST")
def opened(
    request: HttpRequest,
    widget: Widget,
    content: dict[str, Any],
) -> dict[str, Any]:
    """Begin to ask one visitor, unless something stands against it."""
    return widget_steps.begin(request, widget, content)


@_call("POST")
def answered(
    request: HttpRequest,
    widget: Widget,
    content: dict[str, Any],
) -> dict[str, Any]:
    """Save a page, and say what is asked next."""
    return widget_steps.go_on(request, widget, content, fields_of(content))
