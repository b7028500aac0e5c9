"""Delighted's addresses, and errors as its clients read them."""

from __future__ import annotations

import json

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as InputError

from zhiyin.accounts.services import TooManyCallsError
from zhiyin.compat.api.answers import router as answers_router
from zhiyin.compat.api.leaving import router as leaving_router
from zhiyin.compat.api.numbers import router as numbers_router
from zhiyin.compat.api.people import router as people_router

api = NinjaAPI(
    title="Delighted, version 1, as far as it is understood here",
    version="1",
    docs_url=None,
    openapi_url=None,
    urls_namespace="delighted-v1",
)
api.add_router("", people_router)
api.add_router("", answers_router)
api.add_router("", numbers_router)
api.add_router("", leaving_router)


def _fault(status: int, message: str) -> HttpResponse:
    body = json.dumps({"status": status, "message": message}, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type="application/json")


@api.exception_handler(AuthenticationError)
def not_known(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    answer = _fault(401, "The user name of this call is no valid API token.")
    answer["WWW-Authenticate"] = 'Basic realm="API token as user name"'
    return answer


@api.exception_handler(InputError)
def not_understood(_request: HttpRequest, error: InputError) -> HttpResponse:
    faults = [f"{each['loc'][-1]}: {each['msg']}" for each in error.errors]
    return _fault(422, "; ".join(faults))


@api.exception_handler(ValidationError)
def refused(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _fault(422, " ".join(error.messages))


@api.exception_handler(ValueError)
def not_kept(_request: HttpRequest, error: ValueError) -> HttpResponse:
    return _fault(422, str(error))


@api.exception_handler(PermissionDenied)
def not_allowed(_request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return _fault(403, str(error) or "The role of the token's owner does not allow it.")


@api.exception_handler(Http404)
def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return _fault(404, "There is no such thing, or it is not yours to see.")


@api.exception_handler(TooManyCallsError)
def too_busy(_request: HttpRequest, error: TooManyCallsError) -> HttpResponse:
    answer = _fault(429, str(error))
    answer["Retry-After"] = str(error.seconds)
    return answer


@api.exception_handler(HttpError)
def failed(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return _fault(error.status_code, str(error))
