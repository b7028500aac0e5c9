"""Per request: the person's language and time zone, and a record of every write."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from zhiyin.accounts.services import begin_audit, finish_audit, record_request

Handler = Callable[[HttpRequest], HttpResponse]


class PersonLocaleMiddleware:
    """Speak the person's language and show her local time."""

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
        token = begin_audit(request)
        try:
            response = self.get_response(request)
        finally:
            recorded = finish_audit(token)
        if not recorded:
            self._record_bare(request, response)
        return response

    @staticmethod
    def _record_bare(request: HttpRequest, response: HttpResponse) -> None:
        safe = request.method in {"GET", "HEAD", "OPTIONS"}
        if not safe and response.status_code < 400:  # noqa: PLR2004
            record_request(request)
