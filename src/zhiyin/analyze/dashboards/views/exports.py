"""What is seen, handed out: tables as CSV and XLSX, charts as JSON, SVG and PNG."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)

from zhiyin.accounts.models import Content, Permission
from zhiyin.accounts.services import WantedExport, open_export
from zhiyin.analyze.dashboards.queries import tables
from zhiyin.analyze.dashboards.queries.analysis import Analysis, analysis_of
from zhiyin.analyze.dashboards.queries.charts import draw, trend_spec
from zhiyin.analyze.voices.queries import Search, find_quotes, read_words
from zhiyin.common.access import permission_required
from zhiyin.common.spreadsheets import file_answer
from zhiyin.listen.responses.queries import customers_behind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_COMMENTS = 10_000


@permission_required(Permission.EXPORT_DATA)
def export(request: HttpRequest, kind: str, ending: str) -> HttpResponseBase:
    """Hand out what a page shows; every export is recorded."""
    analysis = analysis_of(request, Permission.EXPORT_DATA)
    if analysis.selection is None:
        raise Http404
    sheet, answers = _sheet(analysis, kind)
    made = open_export(
        request,
        WantedExport(
            kind=f"{kind}.exported",
            rows=len(sheet.rows),
            content=Content.NONE if answers is None else Content.MASKED,
            customers=None if answers is None else customers_behind(answers),
            target=analysis.organisation,
            detail={"ending": ending, "selection": analysis.selection.query()},
        ),
    )
    stamped = tables.stamped(sheet, made)
    name = made.file_name(f"zhiyin-{kind}", ending)
    if ending == "csv":
        return file_answer(tables.as_csv(stamped), name)
    return file_answer(tables.as_xlsx(stamped), name, XLSX)


def _sheet(analysis: Analysis, kind: str) -> tuple[tables.Sheet, list[int] | None]:
    """Return what is handed out, and the answers it holds one by one, if it does."""
    if kind == "table":
        return tables.breakdown_sheet(analysis, analysis.query.get("by")), None
    if kind == "compare":
        return tables.compare_sheet(analysis), None
    if kind == "scores":
        return tables.score_sheet(analysis), None
    if not analysis.person.may(Permission.SEE_RESPONSES):
        raise PermissionDenied
    found = find_quotes(
        analysis.person,
        analysis.snapshot,
        analysis.chosen,
        analysis.labels,
        Search(read_words(analysis.query.get("words")), size=MOST_COMMENTS),
    )
    sheet = tables.voices_sheet(analysis, found.quotes)
    return sheet, [quote.response_id for quote in found.quotes]


@permission_required(Permission.SEE_SCORES)
def trend_chart(request: HttpRequest, ending: str) -> HttpResponse:
    """Return the trend as a specification or as a picture."""
    analysis = analysis_of(request)
    spec = trend_spec(analysis) if analysis.selection else {}
    if ending == "json":
        return JsonResponse(spec)
    if not spec:
        raise Http404
    picture = draw(spec, ending)
    response = HttpResponse(picture.content, content_type=picture.content_type)
    name = f"zhiyin-trend.{picture.ending}"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
