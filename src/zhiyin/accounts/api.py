"""The API's door: who calls, by token or by session; and who one is oneself."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status
from ninja.errors import HttpError
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from zhiyin.accounts.models import (
    EVERYTHING,
    Approval,
    Permission,
    Person,
    StaffRequest,
)
from zhiyin.accounts.services import act_as, ask_approval, person_of_token

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ROOT = "/api/v1/"
LARGEST_ID = 2**63 - 1
# The first word of an address, and what a token's scopes call it. A word that is not
# here is open to unlimited tokens alone.
OBJECTS = {
    "me": "",
    "approvals": "",
    "customers": "customers",
    "consents": "customers",
    "events": "events",
    "invitations": "invitations",
    "responses": "responses",
    "comments": "responses",
    "series": "metrics",
    "scores": "metrics",
    "metrics": "metrics",
    "surveys": "surveys",
    "links": "surveys",
    "touchpoints": "surveys",
    "programmes": "surveys",
    "channels": "channels",
    "alerts": "alerts",
    "cases": "cases",
}


def scope_of(request: HttpRequest, thing: str | None = None) -> str:
    """Return the scope a call needs; "" where every token will do."""
    if thing is None:
        word = request.path.removeprefix(ROOT).partition("/")[0]
        thing = OBJECTS.get(word, EVERYTHING)
    if thing in {"", EVERYTHING}:
        return thing
    return f"{thing}:{'read' if request.method in SAFE_METHODS else 'write'}"


class TokenOrSession(AuthBase):
    """A bearer token, or the session of somebody logged in on the pages.

    Either way `request.user` is the person afterwards, so that an operation starts at
    `.visible_to(request.user)` like any page. With a permission, whoever lacks it is
    refused before the input is even read. A token may be limited to scopes, which are
    read off the address.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "An API token, made on the page “API tokens”."

    def __init__(self, permission: Permission | None = None) -> None:
        super().__init__()
        self._permission = permission

    def __call__(self, request: HttpRequest) -> Person | None:
        person = self._caller(request)
        needed = self._permission
        if person is not None and needed is not None and not person.may(needed):
            raise PermissionDenied
        return person

    def _caller(self, request: HttpRequest) -> Person | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme:
            return self._by_token(request, scheme, secret.strip())
        if not request.user.is_authenticated:
            return None
        # A browser sends its session along with a stranger's form as well.
        if request.method not in SAFE_METHODS and check_csrf(request):
            raise HttpError(403, "The CSRF token is missing or wrong.")
        return request.user

    @staticmethod
    def _by_token(request: HttpRequest, scheme: str, secret: str) -> Person | None:
        if scheme.lower() != "bearer":
            return None
        person = person_of_token(secret=secret, scope=scope_of(request))
        if person is not None:
            request.user = person
            act_as(person)
        return person


class DepartmentOut(Schema):
    id: int
    code: str
    name: str


class RoleOut(Schema):
    role: str
    department: DepartmentOut | None


class MeOut(Schema):
    id: int
    name: str
    email: str
    organisation: str
    organisation_code: str
    language: str
    time_zone: str
    roles: list[RoleOut]
    permissions: list[str]


router = Router(tags=["me"])


@router.get("/me", response=MeOut, summary="Who am I, and what may I do")
def me(request: StaffRequest) -> MeOut:
    """Return the caller with roles and permissions."""
    person = request.user
    return MeOut(
        id=person.pk,
        name=person.name,
        email=person.email,
        organisation=person.organisation.name,
        organisation_code=person.organisation.code,
        language=person.language,
        time_zone=person.time_zone,
        roles=[
            RoleOut.model_validate(
                {"role": given.role, "department": given.department},
                from_attributes=True,
            )
            for given in person.assignments
        ],
        permissions=sorted(person.permissions),
    )


class AskIn(Schema):
    """What an export that was refused is asked for with."""

    wish: str = Field(max_length=20_000, description="`ask.wish` of the refusal.")
    reason: str = Field(max_length=300)
    recipient: str = Field("", max_length=120)


class ApprovalOut(Schema):
    """A request and what became of it."""

    id: int
    kind: str
    rows: int
    content: str
    state: str
    reason: str
    asked_at: dt.datetime
    expires_at: dt.datetime
    decided_at: dt.datetime | None
    note: str
    use_until: dt.datetime | None


def _approval_out(found: Approval) -> ApprovalOut:
    names = set(ApprovalOut.model_fields) - {"state"}
    known = {name: getattr(found, name) for name in names}
    return ApprovalOut(state=found.standing, **known)


@router.post(
    "/approvals",
    response={201: ApprovalOut},
    summary="Ask a second person for an export that was refused",
)
def ask(request: StaffRequest, payload: AskIn) -> Status[ApprovalOut]:
    """Ask; somebody else decides on the page “Approvals”."""
    return Status(201, _approval_out(ask_approval(by=request.user, **payload.dict())))


@router.get(
    "/approvals/{int:approval_id}",
    response=ApprovalOut,
    summary="What became of a request",
)
def read_approval(request: StaffRequest, approval_id: int) -> ApprovalOut:
    """Return a request; `approved` ones are used by repeating the export."""
    known = Approval.objects.visible_to(request.user)
    found = known.filter(pk=min(approval_id, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return _approval_out(found)
