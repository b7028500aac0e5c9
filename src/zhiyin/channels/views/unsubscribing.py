"""No more: a page that asks once, and the one click of RFC 8058 that asks nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zhiyin.channels.queries import message_of_token
from zhiyin.channels.services import has_unsubscribed, unsubscribe


# Mail programs post without ever having seen the page; the token is the proof.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what would end; a GET changes nothing, because scanners open links."""
    message = message_of_token(token)
    if message is not None and request.method == "POST":
        unsubscribe(message=message)
    language = message.language if message else ""
    with translation.override(language or translation.get_language()):
        context = {
            "known": message,
            "brand": message.organisation.brand if message else "",
            "is_done": message is not None and has_unsubscribed(message),
        }
        response = render(
            request,
            "channels/unsubscribe.html",
            context,
            status=200 if message else 404,
        )
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
