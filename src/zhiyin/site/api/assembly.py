"""The one API: its routers, and how what they raise is answered."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as InputError

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.api import router as accounts_router
from zhiyin.accounts.services import ApprovalNeededError, TooManyCallsError
from zhiyin.act.alerts.api import router as alerts_router
from zhiyin.act.cases.api import router as cases_router
from zhiyin.act.recovery.api import router as loop_router
from zhiyin.act.workorders.api import router as workorders_router
from zhiyin.analyze.dashboards.api import router as scores_router
from zhiyin.channels.api import router as channels_router
from zhiyin.listen.customers.api import router as customers_router
from zhiyin.listen.feedback.api import router as feedback_router
from zhiyin.listen.programs.api import router as programs_router
from zhiyin.listen.responses.api import router as responses_router
from zhiyin.listen.surveys.api import router as surveys_router
from zhiyin.site.api.problems import problem, too_many

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
api.add_router("", customers_router)
api.add_router("", programs_router)
api.add_router("", responses_router)
api.add_router("", feedback_router)
api.add_router("", surveys_router)
api.add_router("", scores_router)
api.add_router("", workorders_router)
api.add_router("", alerts_router)
api.add_router("", loop_router)
api.add_router("", cases_router)


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


@api.exception_handler(ApprovalNeededError)
def second_person(_request: HttpRequest, error: ApprovalNeededError) -> HttpResponse:
    """Say how to ask: what to send where, and what to do once it is approved."""
    return problem(
        403,
        str(error)
        or (
            "This export needs the approval of a second person. Send `ask` with a "
            "reason, wait until it is approved, then repeat this call with the "
            "parameter `approval`, once."
        ),
        rows=error.wanted.rows,
        rows_before=error.before,
        content=error.wanted.content,
        ask={
            "method": "POST",
            "href": "/api/v1/approvals",
            "wish": error.wish,
            "reason": "",
            "recipient": "",
        },
    )


@api.exception_handler(Http404)
def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(404, "There is no such thing, or it is not yours to see.")


@api.exception_handler(TooManyCallsError)
def too_busy(_request: HttpRequest, error: TooManyCallsError) -> HttpResponse:
    return too_many(str(error), error.seconds)


@api.exception_handler(HttpError)
def failed(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))
