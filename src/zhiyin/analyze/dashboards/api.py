"""Scores through the API: the numbers of the pages, under the same addresses.

Parameters are those of the pages. A page shows what it can of an address it does not
understand; the API refuses it and says what it knows, because a number of other
answers than were meant is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from ninja import Router
from ninja.errors import HttpError

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.analyze.dashboards.queries import payloads
from zhiyin.analyze.dashboards.queries.analysis import Analysis, analysis_of
from zhiyin.analyze.metrics.models import MetricNote
from zhiyin.analyze.metrics.queries.addresses import faults_of
from zhiyin.analyze.metrics.queries.definitions import DEFINITIONS
from zhiyin.analyze.voices.queries import (
    PAGE_SIZE,
    Search,
    find_quotes,
    read_page,
    read_words,
)

LARGEST_PAGE = 200
_SELECTION = {
    "q": "The series, as /series lists it; without it the most answered NPS.",
    "metric": "Another number of the series, such as nps_like of a 1-10 question.",
    "period": "30d, 90d, 365d (used if nothing is said) or all.",
    "from": "First day, YYYY-MM-DD, in your time zone; with `to`.",
    "to": "Last day.",
    "class": "promoter, passive or detractor.",
    "score": "One point of the scale.",
    "weighted": "1 to use the weights recorded with the answers.",
    "touchpoint": "A code; repeated for several. Likewise wave, channel, language, "
    "instrument, department, and a_<field> as /series lists them; `-` means not given; "
    "numbers take ranges: 5..9, 5.., ..9, 5..<9.",
}
router = Router(tags=["scores"])


def _described(**more: str) -> dict[str, Any]:
    """Describe the parameters, which are read from the address as a page's are."""
    return {
        "parameters": [
            {"name": name, "in": "query", "description": text, "required": False,
             "schema": {"type": "string"}}
            for name, text in {**_SELECTION, **more}.items()
        ],
    }  # fmt: skip


def _open(
    request: HttpRequest,
    permission: Permission,
    also: tuple[str, ...] = (),
) -> Analysis:
    if not person_of(request).may(permission):
        raise PermissionDenied
    analysis = analysis_of(request, permission)
    if analysis.selection is None:
        raise HttpError(404, "There are no answers yet.")
    faults = faults_of(
        analysis.query,
        analysis.chosen.series,
        analysis.every_series,
        analysis.labels.dimensions,
        also,
    )
    if faults:
        raise ValidationError(faults)
    return analysis


def _scored(
    request: HttpRequest,
    make: Callable[[Analysis], dict[str, Any]],
    also: tuple[str, ...] = (),
) -> dict[str, Any]:
    return make(_open(request, Permission.SEE_SCORES, also))


def _check_dimension(analysis: Analysis, parameter: str) -> str:
    """Return the dimension a parameter names; refuse an unknown one."""
    name = analysis.query.get(parameter)
    if analysis.labels.dimension(name) is None:
        known = ", ".join(one.name for one in analysis.labels.dimensions)
        message = f"{parameter}={name!r} is not known; known are {known}"
        raise ValidationError(message)
    return name


@router.get("/series", response=dict[str, Any], summary="Series and dimensions")
def series(request: HttpRequest) -> dict[str, Any]:
    """List every series with answers, and what answers can be grouped by."""
    if not person_of(request).may(Permission.SEE_SCORES):
        raise PermissionDenied
    analysis = analysis_of(request)
    return {
        "series": [
            payloads.series_payload(analysis, one) for one in analysis.every_series
        ],
        "dimensions": payloads.dimensions_payload(analysis),
        "data_version": analysis.snapshot.version,
    }


@router.get(
    "/scores",
    response=dict[str, Any],
    summary="A score with its interval",
    openapi_extra=_described(),
)
def score(request: HttpRequest) -> dict[str, Any]:
    """Return one number with n, interval, parts, exclusions and warnings."""
    return _scored(request, payloads.score_payload)


@router.get(
    "/scores/trend",
    response=dict[str, Any],
    summary="A score over time",
    openapi_extra=_described(),
)
def trend(request: HttpRequest) -> dict[str, Any]:
    """Return the score in days, weeks, months or years, by the period's length."""
    return _scored(request, payloads.trend_payload)


@router.get(
    "/scores/table",
    response=dict[str, Any],
    summary="A score in the groups of one dimension",
    openapi_extra=_described(
        by="The dimension to group by.",
        cuts="Points at which a number is cut, such as 5,10; quintiles without.",
    ),
)
def table(request: HttpRequest) -> dict[str, Any]:
    """Return each group, compared with all others; q is corrected together."""

    def make(analysis: Analysis) -> dict[str, Any]:
        return payloads.table_payload(analysis, _check_dimension(analysis, "by"))

    return _scored(request, make, ("by", "cuts"))


@router.get(
    "/scores/compare",
    response=dict[str, Any],
    summary="Two sides and whether they differ",
    openapi_extra=_described(
        between="The dimension whose values a and b are compared; without it, periods.",
        a="A value.",
        b="The value compared with.",
        b_from="First day of the other period; without it, the one right before.",
        b_to="Last day of the other period.",
    ),
)
def compare(request: HttpRequest) -> dict[str, Any]:
    """Return A, B and A minus B, with p, interval and verdict."""

    def make(analysis: Analysis) -> dict[str, Any]:
        if analysis.query.get("between"):
            name = _check_dimension(analysis, "between")
            _check_sides(analysis, name)
        return payloads.compare_payload(analysis)

    return _scored(request, make, ("between", "a", "b", "b_from", "b_to"))


def _check_sides(analysis: Analysis, name: str) -> None:
    known = {option.value for option in analysis.options(name)}
    for side in ("a", "b"):
        value = analysis.query.get(side)
        if value and value not in known:
            message = f"{side}={value!r} has no answers under {name} in this selection"
            raise ValidationError(message)


@router.get("/metrics", response=dict[str, Any], summary="The metric dictionary")
def metrics(request: HttpRequest) -> dict[str, Any]:
    """Return every definition, with who answers for it in the organisation."""
    person = person_of(request)
    if not person.may(Permission.SEE_SCORES):
        raise PermissionDenied
    notes = MetricNote.objects.visible_to(person).select_related("owner")
    noted = {note.metric: note for note in notes}
    found = []
    for code, entry in DEFINITIONS.items():
        note = noted.get(code)
        found.append(
            {
                **payloads.definition_payload(entry),
                "owner": str(note.owner) if note and note.owner else None,
                "target": note.target if note else None,
                "note": note.note if note else "",
            },
        )
    return {"metrics": found}


@router.get(
    "/comments",
    response=dict[str, Any],
    summary="Comments, newest first",
    openapi_extra=_described(
        words="Words that must all occur.",
        page="From 1.",
        size=f"Comments a page, at most {LARGEST_PAGE}.",
    ),
)
def comments(request: HttpRequest) -> dict[str, Any]:
    """Return what customers wrote, with the score and what was known of them."""
    also = ("words", "page", "size")
    analysis = _open(request, Permission.SEE_RESPONSES, also)
    query = analysis.query
    found = find_quotes(
        analysis.person,
        analysis.snapshot,
        analysis.chosen,
        analysis.labels,
        Search(
            words=read_words(query.get("words")),
            page=read_page(query.get("page")),
            size=min(read_page(query.get("size", str(PAGE_SIZE))), LARGEST_PAGE),
        ),
    )
    return {
        **payloads.about_payload(analysis),
        "page": found.page,
        "has_next": found.has_next,
        "comments": [payloads.quote_payload(quote) for quote in found.quotes],
    }
