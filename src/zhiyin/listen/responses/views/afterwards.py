"""After the answer: thanks, the privacy notice, and the wish to be left alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zhiyin.listen.programs.services import withdraw_invitation
from zhiyin.listen.responses.queries import Visit, VisitRefusedError
from zhiyin.listen.responses.views.frame import (
    METHODS,
    for_customers,
    lead_to,
    page,
    page_alike,
    refused,
    visited,
)
from zhiyin.listen.surveys.models import ItemKind

_TEXTS = ("thanks", "next")


@require_http_methods(["GET", "HEAD"])
@visited
def thanks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Thank, and say what happens next."""
    if visit.response is None:
        return lead_to(visit)
    context = thanks_context(visit)
    if visit.is_alike and not _quotes_answers(visit):
        key = (context["will_be_called"], visit.invitation is not None)
        return page_alike(request, "thanks", visit, key, thanks_context)
    return page(request, "thanks", context)


def _quotes_answers(visit: Visit) -> bool:
    texts = (visit.version.page_text(name, visit.language) for name in _TEXTS)
    return any("{answer." in text for text in texts)


def thanks_context(visit: Visit) -> dict[str, Any]:
    """Return what the last page shows."""
    return {
        "visit": visit,
        "brand": visit.brand,
        "language": visit.language,
        "thanks": visit.page_text("thanks"),
        "next": visit.page_text("next"),
        "will_be_called": any(
            answer.kind == ItemKind.CONSENT and answer.choices[:1] == ["yes"]
            for answer in visit.given.values()
        ),
    }


@require_http_methods(["GET", "HEAD"])
@visited
def privacy(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what is recorded, what for, and how to be left alone."""
    context = {
        "visit": visit,
        "brand": visit.brand,
        "language": visit.language,
        "addition": visit.page_text("privacy"),
    }
    return page(request, "privacy", context)


@csrf_exempt
@require_http_methods(METHODS)
@visited
def opt_out(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask this customer nothing more; one confirmation, no login."""
    if request.method == "POST" and visit.invitation is not None:
        withdraw_invitation(invitation=visit.invitation)
        return lead_to(visit)
    context = {"visit": visit, "brand": visit.brand, "language": visit.language}
    return page(request, "opt_out", context)


@csrf_exempt
@for_customers
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001
    """Say so in the same look, for an address that was cut short on its way."""
    return refused(request, VisitRefusedError("not_found"))
