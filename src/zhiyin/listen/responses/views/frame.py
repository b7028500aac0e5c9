"""What the pages of the answer flow share: their look, headers and visit."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation

from zhiyin.listen.responses.queries import Visit, VisitRefusedError, open_visit

STATUS = {"not_found": 404, "closed": 410, "expired": 410, "opted_out": 200}
METHODS = ["GET", "HEAD", "POST"]


def page(
    request: HttpRequest,
    name: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Render one page of the flow with a policy that allows its one style only."""
    nonce = secrets.token_urlsafe(12)
    language = context["language"]
    with translation.override(language):
        response = render(
            request,
            f"responses/answer/{name}.html",
            {
                **context,
                "nonce": nonce,
                "lang": language,
                "names_of_languages": _languages(context.get("visit")),
            },
            status=status,
        )
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Content-Language"] = language
    return response


def _languages(visit: Visit | None) -> list[tuple[str, str]]:
    offered = visit.version.languages if visit else ()
    return [pair for pair in settings.LANGUAGES if pair[0] in offered]


def visit_of(request: HttpRequest, slug: str, token: str, key: str) -> Visit:
    return open_visit(
        slug,
        token=token,
        key=key,
        language=request.POST.get("lang") or request.GET.get("lang", ""),
        accept=request.headers.get("Accept-Language", ""),
    )


def refused(request: HttpRequest, refusal: VisitRefusedError) -> HttpResponse:
    asked = request.GET.get("lang", "") or refusal.language
    known = dict(settings.LANGUAGES)
    language = (
        asked if asked in known else translation.get_language_from_request(request)
    )
    brand = refusal.link.organisation.brand if refusal.link else ""
    return page(
        request,
        "notice",
        {"kind": refusal.kind, "brand": brand, "language": language},
        status=STATUS[refusal.kind],
    )


def lead_to(visit: Visit, path: str = "", base: str = "") -> HttpResponseRedirect:
    address = f"{base or visit.base}{path}?lang={visit.language}"
    response = HttpResponseRedirect(address, status=303)
    response["Cache-Control"] = "no-store"
    return response
