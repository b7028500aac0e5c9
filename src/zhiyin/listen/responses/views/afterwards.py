"""After the answer: thanks, the privacy notice, and the wish to be left alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zhiyin.listen.programs.services import withdraw_invitation
from zhiyin.listen.responses.queries import (
    Visit,
    VisitRefusedError,
    given_answers,
)
from zhiyin.listen.responses.views.frame import (
    METHODS,
    lead_to,
    page,
    refused,
    visit_of,
)


@require_http_methods(["GET", "HEAD"])
def thanks(
    request: HttpRequest,
    slug: str,
    token: str = "",
    key: str = "",
) -> HttpResponse:
    """Thank, and say what happens next."""
    try:
        visit = visit_of(request, slug, token, key)
    except VisitRefusedError as refusal:
        return refused(request, refusal)
    if visit.response is None:
        return lead_to(visit)
    return page(request, "thanks", thanks_context(visit))


def thanks_context(visit: Visit) -> dict[str, Any]:
    """Return what the last page shows."""
    given = given_answers(visit.response)
    return {
        "visit": visit,
        "brand": visit.brand,
        "language": visit.language,
        "thanks": visit.page_text("thanks"),
        "next": visit.page_text("next"),
        "will_be_called": any(
            answer.kind == "consent" and answer.choices == ["yes"]
            for answer in given.values()
        ),
    }


@require_http_methods(["GET", "HEAD"])
def privacy(
    request: HttpRequest,
    slug: str,
    token: str = "",
    key: str = "",
) -> HttpResponse:
    """Say what is recorded, what for, and how to be left alone."""
    try:
        visit = visit_of(request, slug, token, key)
    except VisitRefusedError as refusal:
        return refused(request, refusal)
    context = {"visit": visit, "brand": visit.brand, "language": visit.language}
    return page(request, "privacy", context)


@csrf_exempt
@require_http_methods(METHODS)
def opt_out(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Ask this customer nothing more; one confirmation, no login."""
    try:
        visit = visit_of(request, slug, token, "")
    except VisitRefusedError as refusal:
        return refused(request, refusal)
    if request.method == "POST" and visit.invitation is not None:
        withdraw_invitation(invitation=visit.invitation)
        return lead_to(visit)
    context = {"visit": visit, "brand": visit.brand, "language": visit.language}
    return page(request, "opt_out", context)


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001
    """Say so in the same look, for an address that was cut short on its way."""
    return refused(request, VisitRefusedError("not_found"))
