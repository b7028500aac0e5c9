"""Per request: the person's language and time zone, and a record of every write."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from zhiyin.accounts.queries import has_second_step
from zhiyin.accounts.services import (
    begin_audit,
    finish_audit,
    record_request,
    recorded_so_far,
)
from zhiyin.common.network import client_address

Handler = Callable[[HttpRequest], HttpResponse]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class PersonLocaleMiddleware:
    """Speak the person's language and show her local time.

    Before login the language is that of the cookie, else of the browser, else
    Simplified Chinese; Django's own middleware has chosen it by now.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if not person.is_authenticated:
            timezone.activate(zoneinfo.ZoneInfo(settings.TIME_ZONE))
            return self.get_response(request)
        request.LANGUAGE_CODE = person.language
        timezone.activate(zoneinfo.ZoneInfo(person.time_zone))
        with translation.override(person.language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", person.language)
        return response


class AuditMiddleware:
    """Hold the request's actor for the audit log, and miss no write.

    Services record what they did in the words of the domain. A successful unsafe
    request that recorded nothing is recorded here by its address alone, so that a
    forgotten call leaves a trace instead of a gap.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = begin_audit(request, client_address(request))
        try:
            response = self.get_response(request)
            is_write = request.method not in SAFE_METHODS
            has_succeeded = response.status_code < 400  # noqa: PLR2004
            if is_write and has_succeeded and not recorded_so_far():
                record_request(request)
        finally:
            finish_audit(token)
        return response


class SecondStepMiddleware:
    """Where an organisation asks for a second step, let nobody past without one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_missing(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _is_missing(request: HttpRequest) -> bool:
        person = request.user
        if not person.is_authenticated:
            return False
        if not person.organisation.requires_second_step:
            return False
        # The set-up itself, logging out and choosing a language stay open.
        open_to_all = (reverse("account_root"), reverse("set_language"))
        if request.path.startswith((*open_to_all, settings.STATIC_URL)):
            return False
        return not has_second_step(person)
