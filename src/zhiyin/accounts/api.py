"""The API's door: who calls, by token or by session; and who one is oneself."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from zhiyin.accounts.models import EVERYTHING, Permission, Person, StaffRequest
from zhiyin.accounts.services import act_as, person_of_token

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ROOT = "/api/v1/"
# The first word of an address, and what a token's scopes call it. A word that is not
# here is open to unlimited tokens alone.
OBJECTS = {
    "me": "",
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
