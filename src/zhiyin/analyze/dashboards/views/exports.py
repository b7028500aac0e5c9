"""What is seen, handed out: tables as CSV and XLSX, charts as JSON, SVG and PNG."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from zhiyin.accounts.models import Permission
from zhiyin.accounts.services import record
from zhiyin.analyze.dashboards.queries import tables
from zhiyin.analyze.dashboards.queries.analysis import Analysis, analysis_of
from zhiyin.analyze.dashboards.queries.charts import draw, trend_spec
from zhiyin.analyze.voices.queries import Search, find_quotes, read_words
from zhiyin.common.access import permission_required

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_COMMENTS = 10_000


@permission_required(Permission.EXPORT_DATA)
def export(request: HttpRequest, kind: str, ending: str) -> HttpResponse:
    """Hand out what a page shows; every export is recorded."""
    analysis = analysis_of(request, Permission.EXPORT_DATA)
    if analysis.selection is None:
        raise Http404
    sheet = _sheet(analysis, kind)
    record(
        action=f"{kind}.exported",
        organisation=analysis.organisation,
        actor=analysis.person,
        ending=ending,
        selection=analysis.selection.query(),
        rows=len(sheet.rows),
    )
    is_csv = ending == "csv"
    content = tables.as_csv(sheet) if is_csv else tables.as_xlsx(sheet)
    response = HttpResponse(
        content,
        content_type="text/csv; charset=utf-8" if is_csv else XLSX,
    )
    response["Content-Disposition"] = f'attachment; filename="zhiyin-{kind}.{ending}"'
    return response


def _sheet(analysis: Analysis, kind: str) -> tables.Sheet:
    if kind == "table":
        return tables.breakdown_sheet(analysis, analysis.query.get("by"))
    if kind == "compare":
        return tables.compare_sheet(analysis)
    if kind == "scores":
        return tables.score_sheet(analysis)
    if not analysis.person.may(Permission.SEE_RESPONSES):
        raise PermissionDenied
    found = find_quotes(
        analysis.person,
        analysis.snapshot,
        analysis.chosen,
        analysis.labels,
        Search(read_words(analysis.query.get("words")), size=MOST_COMMENTS),
    )
    return tables.voices_sheet(analysis, found.quotes)


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
