"""What the pages of the answer flow share: their look, headers and visit."""

from __future__ import annotations

import dataclasses
import hashlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import get_template
from django.utils import translation

from zhiyin.listen.responses.queries import Visit, VisitRefusedError, open_visit

STATUS = {"not_found": 404, "closed": 410, "expired": 410}
# Pages kept per address: every class of score, every language, every page.
MOST_ALIKE = 300
View = Callable[..., HttpResponse]
METHODS = ["GET", "HEAD", "POST"]


@cache
def _policy() -> str:
    """Return the policy that allows the one style of these pages and nothing else."""
    style = get_template("responses/answer/style.css").render()
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def page(
    request: HttpRequest,
    name: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Render one page of the flow."""
    return sent(_text(request, name, context), context["language"], status)


def _text(request: HttpRequest, name: str, context: dict[str, Any]) -> str:
    language = context["language"]
    with translation.override(language):
        # No context processors: nothing here is about somebody who is logged in.
        text: str = get_template(f"responses/answer/{name}.html").render(
            {
                **context,
                "request": request,
                "lang": language,
                "names_of_languages": _languages(context.get("visit")),
            },
        )
    return text


def page_alike(
    request: HttpRequest,
    name: str,
    visit: Visit,
    key: tuple[Any, ...],
    context_of: Callable[[Visit], dict[str, Any]],
    **different: str,
) -> HttpResponse:
    """Send a page that is alike for all who meet it with the same key.

    It is rendered once for an address as long as nothing there changes. What differs
    from one reader to the next, the address of the visit and whatever is named in
    `different`, is put in its place each time; none of it holds a character that HTML
    would have to escape.
    """
    if visit.pages is None or set(request.GET) - {"lang"}:
        return page(request, name, context_of(visit) | different)
    whole = (name, visit.version.pk, visit.language, *key)
    text = visit.pages.get(whole)
    if text is None:
        blank = dataclasses.replace(visit, base=_mark("base"))
        marks = {each: _mark(each) for each in different}
        text = _text(request, name, context_of(blank) | marks)
        if len(visit.pages) < MOST_ALIKE:
            visit.pages[whole] = text
    for each, value in {**different, "base": visit.base}.items():
        text = text.replace(_mark(each), value)
    return sent(text, visit.language)


def _mark(name: str) -> str:
    # No text in a questionnaire holds this character: forms refuse it.
    return f"\x00{name}\x00"


def sent(text: str, language: str, status: int = 200) -> HttpResponse:
    """Return a page with the headers of the flow."""
    response = HttpResponse(text, status=status)
    headers = response.headers
    headers["Content-Security-Policy"] = _policy()
    headers["Cache-Control"] = "no-store"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Frame-Options"] = "DENY"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers["Content-Language"] = language
    return response


def _languages(visit: Visit | None) -> list[tuple[str, str]]:
    offered = visit.version.languages if visit else ()
    return [pair for pair in settings.LANGUAGES if pair[0] in offered]


def visit_of(request: HttpRequest, slug: str, token: str, key: str, code: str) -> Visit:
    return open_visit(
        slug,
        token=token,
        key=key,
        code=code,
        language=request.POST.get("lang") or request.GET.get("lang", ""),
        accept=request.headers.get("Accept-Language", ""),
    )


def visited(handler: View) -> View:
    """Open the visit of an address and speak its language, or say why not.

    Such a view is marked as one for customers: the site spares it sessions.
    """

    @wraps(handler)
    def view(
        request: HttpRequest,
        slug: str,
        token: str = "",
        key: str = "",
        code: str = "",
        **more: Any,
    ) -> HttpResponse:
        try:
            visit = visit_of(request, slug, token, key, code)
            with translation.override(visit.language):
                return handler(request, visit, **more)
        except VisitRefusedError as refusal:
            return refused(request, refusal)

    return for_customers(view)


def for_customers(view: View) -> View:
    """Mark a view that needs no session, no person and no cookie."""
    view.is_for_customers = True  # type: ignore[attr-defined]
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
