"""Questionnaires through the API: what is asked, in which version."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from zhiyin.accounts.api import TokenOrSession
from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.paging import link_to_next
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion

router = Router(tags=["surveys"])


class SurveyOut(Schema):
    code: str
    name: str
    audience: str
    is_archived: bool
    versions: list[int]


class SurveysOut(Schema):
    """A page of questionnaires; `next` goes into `after`."""

    items: list[SurveyOut]
    next: str


class SurveyQuery(Schema):
    after: str = Field("", max_length=60)
    limit: int = Field(100, ge=1, le=500)


@router.get(
    "/surveys",
    auth=TokenOrSession(Permission.SEE_SCORES),
    response=SurveysOut,
    summary="Questionnaires, by their codes",
)
def list_surveys(
    request: HttpRequest,
    response: HttpResponse,
    query: Annotated[SurveyQuery, Query()],
) -> SurveysOut:
    """Return one page of the questionnaires with the numbers of their versions."""
    rows = Instrument.objects.visible_to(person_of(request))
    after = query.after.replace("\x00", "")
    part = rows.filter(code__gt=after).order_by("code").prefetch_related("versions")
    found = list(part[: query.limit + 1])
    shown = found[: query.limit]
    following = shown[-1].code if len(found) > query.limit else ""
    link_to_next(request, response, after=following)
    return SurveysOut(
        items=[
            SurveyOut(
                code=each.code,
                name=each.name,
                audience=each.audience,
                is_archived=each.is_archived,
                versions=sorted(
                    one.number for one in each.versions.all() if one.published_at
                ),
            )
            for each in shown
        ],
        next=following,
    )


@router.get(
    "/surveys/{slug:code}",
    auth=TokenOrSession(Permission.SEE_SCORES),
    response=dict[str, Any],
    summary="A questionnaire as it is asked now",
)
def get_survey(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return the newest published version with its questions in every language."""
    rows = InstrumentVersion.objects.filter(
        instrument__in=Instrument.objects.visible_to(person_of(request)),
        instrument__code=code,
        published_at__isnull=False,
    )
    version = rows.select_related("instrument").prefetch_related("items").first()
    if version is None:
        raise Http404
    return {
        "code": version.instrument.code,
        "name": version.instrument.name,
        "version": version.number,
        "languages": version.languages,
        "items": [
            {
                "code": item.code,
                "kind": item.kind,
                "page": item.page,
                "is_primary": item.is_primary,
                "is_required": item.is_required,
                "asked_of": item.asked_of,
                "shown_if": item.shown_if,
                "scale_min": item.scale_min,
                "scale_max": item.scale_max,
                "texts": item.texts,
            }
            for item in version.items.all()
        ],
    }
