"""What the pages of the answer flow share: their look, headers and visit."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import get_template
from django.utils import translation

from zhiyin.listen.responses.queries import Visit, VisitRefusedError, open_visit

STATUS = {"not_found": 404, "closed": 410, "expired": 410}
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
        # No context processors: nothing here is about somebody who is logged in.
        text = get_template(f"responses/answer/{name}.html").render(
            {
                **context,
                "request": request,
                "nonce": nonce,
                "lang": language,
                "names_of_languages": _languages(context.get("visit")),
            },
        )
    response = HttpResponse(text, status=status)
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


def visited(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open the visit of an address and speak its language, or say why not."""

    @wraps(handler)
    def view(
        request: HttpRequest,
        slug: str,
        token: str = "",
        key: str = "",
        **more: Any,
    ) -> HttpResponse:
        try:
            visit = visit_of(request, slug, token, key)
            with translation.override(visit.language):
                return handler(request, visit, **more)
        except VisitRefusedError as refusal:
            return refused(request, refusal)

    return view


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
        status=STATUS.get(refusal.kind, 200),
    )


def lead_to(visit: Visit, path: str = "") -> HttpResponseRedirect:
    address = f"{visit.base}{path}?lang={visit.language}"
    response = HttpResponseRedirect(address, status=303)
    response["Cache-Control"] = "no-store"
    return response
