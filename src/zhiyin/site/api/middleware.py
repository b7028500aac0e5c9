"""What holds for every call below /api/v1/: one shape of error, and keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag

from zhiyin.accounts.api import ROOT
from zhiyin.accounts.models import ApiToken
from zhiyin.accounts.services import KeyUsedError, answer_once, token_of
from zhiyin.site.api.problems import CONTENT_TYPE, problem

Handler = Callable[[HttpRequest], HttpResponse]
OK, FIRST_FAULT = 200, 400
DETAILS = {
    404: "There is no such address.",
    405: "This address does not take this method.",
}
OTHER_FAULT = "The call could not be answered."
TOO_LARGE = "The call is larger than this server takes."


class ApiMiddleware:
    """Answer a repeated POST as the first one, and every fault as a problem.

    Stands innermost, so that what Django itself answers below the API (an unknown
    address, a wrong method) is in the same shape as what operations answer.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        try:
            return _if_changed(request, self._shaped(self._answer(request)))
        except RequestDataTooBig:
            return problem(413, TOO_LARGE)
        except KeyUsedError as error:
            return problem(422, str(error))

    def _answer(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        token = _token(request) if key and request.method == "POST" else None
        if token is None:
            return self.get_response(request)
        return answer_once(
            token=token,
            key=key,
            fingerprint=_fingerprint(request),
            run=lambda: self.get_response(request),
        )

    @staticmethod
    def _shaped(answer: HttpResponse) -> HttpResponse:
        is_fault = answer.status_code >= FIRST_FAULT
        if not is_fault or answer.get("Content-Type") == CONTENT_TYPE:
            return answer
        detail = DETAILS.get(answer.status_code, OTHER_FAULT)
        shaped = problem(answer.status_code, detail)
        for name in ("Allow", "Retry-After"):
            if answer.has_header(name):
                shaped[name] = answer[name]
        return shaped


def _if_changed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Mark what was read by its content; answer 304 to who has it already."""
    if request.method != "GET" or answer.streaming or answer.status_code != OK:
        return answer
    set_response_etag(answer)
    unchanged = get_conditional_response(request, etag=answer["ETag"], response=answer)
    return unchanged if isinstance(unchanged, HttpResponse) else answer


def _token(request: HttpRequest) -> ApiToken | None:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return token_of(secret=secret.strip()) if scheme.lower() == "bearer" else None


def _fingerprint(request: HttpRequest) -> str:
    called = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(called + request.body).hexdigest()
