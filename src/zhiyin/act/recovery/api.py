"""The report of the loop through the API: the numbers of the page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.recovery.queries.loop.groups import DIMENSIONS
from zhiyin.act.recovery.queries.loop.payload import report_payload
from zhiyin.act.recovery.queries.loop.report import (
    loop_report,
    may_see_people,
    read_wanted,
)
from zhiyin.analyze.metrics.queries.periods import PRESETS

router = Router(tags=["loop"])
_PARAMETERS = {
    "period": "30d, 90d (used if nothing is said), 365d or all.",
    "from": "First day on which cases were opened, YYYY-MM-DD; with `to`.",
    "to": "Last day.",
    "department": "The path of a department; everything below it counts too.",
    "touchpoint": "A code.",
    "by": f"One of {', '.join(DIMENSIONS)}: the groups of the table.",
}


@router.get(
    "/loop",
    response=dict[str, Any],
    summary="The report of the loop",
    openapi_extra={
        "parameters": [
            {"name": name, "in": "query", "description": text, "required": False,
             "schema": {"type": "string"}}
            for name, text in _PARAMETERS.items()
        ],
    },
)  # fmt: skip
def loop(request: HttpRequest) -> dict[str, Any]:
    """Return every number of the loop report with its n and its interval."""
    person = person_of(request)
    if not person.may(Permission.SEE_SCORES):
        raise PermissionDenied
    query = request.GET.dict()
    _refuse_unknown(query)
    wanted = read_wanted(query, person.time_zone)
    if wanted.by == "person" and not may_see_people(person):
        raise PermissionDenied
    return report_payload(loop_report(person, wanted), person)


def _refuse_unknown(query: dict[str, str]) -> None:
    unknown = sorted(set(query) - set(_PARAMETERS))
    known = {"period": list(PRESETS), "by": list(DIMENSIONS)}
    faults = [
        _("%(name)s is no parameter of this call.") % {"name": name} for name in unknown
    ]
    faults += [
        _("%(name)s is one of %(known)s; received %(value)s.")
        % {"name": name, "known": ", ".join(values), "value": query[name][:40]}
        for name, values in known.items()
        if query.get(name) and query[name] not in values
    ]
    if faults:
        raise ValidationError(faults)
