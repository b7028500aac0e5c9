"""The API, assembled: one router per app, one shape of error, one description.

Errors are `application/problem+json` (RFC 9457): `title` says what kind, `detail`
what was wrong with this call.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as InputError

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.api import router as accounts_router
from zhiyin.analyze.dashboards.api import router as scores_router
from zhiyin.channels.api import router as channels_router
from zhiyin.listen.responses.api import router as responses_router

api = NinjaAPI(
    title="Zhiyin",
    version="1",
    description="Scores, answers and surveys of one organisation.",
    auth=TokenOrSession(),
    # The library's page loads its viewer from elsewhere; ours is in `reference`.
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-v1",
)
api.add_router("", accounts_router)
api.add_router("", channels_router)
api.add_router("", responses_router)
api.add_router("", scores_router)


def problem(status: int, detail: str, **more: Any) -> HttpResponse:
    """Return an error in the one shape all errors have."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=status,
        content_type="application/problem+json",
    )


@api.exception_handler(AuthenticationError)
def not_logged_in(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    response = problem(
        401,
        "Send a valid API token as “Authorization: Bearer …”, or log in.",
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(InputError)
def wrong_input(_request: HttpRequest, error: InputError) -> HttpResponse:
    faults = [
        {"at": ".".join(map(str, each["loc"])), "message": each["msg"]}
        for each in error.errors
    ]
    return problem(
        422, "The call was understood but its input is wrong.", errors=faults
    )


@api.exception_handler(ValidationError)
def refused(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, " ".join(error.messages))


@api.exception_handler(PermissionDenied)
def not_allowed(_request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, str(error) or "Your role does not allow this.")


@api.exception_handler(Http404)
def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(404, "There is no such thing, or it is not yours to see.")


@api.exception_handler(HttpError)
def failed(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))


@login_required
def reference(request: HttpRequest) -> HttpResponse:
    """Show every operation on a page of our own."""
    described = api.get_openapi_schema()
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": [_parameter(each) for each in operation["parameters"]],
        }
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api_reference.html", {"operations": operations})


def _parameter(described: dict[str, Any]) -> dict[str, Any]:
    schema = described.get("schema", {})
    return {
        "name": described["name"],
        "place": described["in"],
        "is_required": described.get("required", False),
        "meaning": described.get("description") or schema.get("description", ""),
    }
