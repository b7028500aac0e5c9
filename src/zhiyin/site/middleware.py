"""What goes with every page, and the short way to the pages of customers."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.cache import patch_vary_headers

from zhiyin.accounts.services import ApprovalNeededError
from zhiyin.accounts.views.control import explain_need

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'self'; object-src 'none'"
)


class UsedSessionMiddleware(SessionMiddleware):
    """Count a session as used by what people do, not by what a page asks by itself.

    Parts of a page that look again every few seconds would otherwise keep a forgotten
    session open for ever, and write to the database each time.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        is_part = request.method == "GET" and "hx-request" in request.headers
        if is_part and not request.session.modified:
            patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)


class ContentSecurityMiddleware:
    """Send the policy with every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class ApprovalMiddleware:
    """Where an export needs a second person, show how to ask instead of the file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        """Answer this one refusal; every other is not ours."""
        if isinstance(error, ApprovalNeededError):
            return explain_need(request, error)
        return None


class CustomerPagesMiddleware:
    """Answer customers at once: their pages know no session, person or message.

    A view that is marked `is_for_customers` sends all its headers itself, reads no
    cookie and takes no part in anybody's session; most of the cost of an answer would
    be spent in what it does not use. Every other view goes the usual way.
    """

    PREFIXES = ("/s/", "/w/", "/k/")
    ADDRESSES = "zhiyin.listen.responses.urls"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = self._match(request)
        if match is None:
            return self.get_response(request)
        # Refuses hosts that are not ours, as for every other page.
        request.get_host()
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response.headers["Content-Length"] = str(len(response.content))
        return response

    def _match(self, request: HttpRequest) -> ResolverMatch | None:
        if not request.path_info.startswith(self.PREFIXES):
            return None
        try:
            match = resolve(request.path_info, self.ADDRESSES)
        except Resolver404:
            return None
        return match if getattr(match.func, "is_for_customers", False) else None
