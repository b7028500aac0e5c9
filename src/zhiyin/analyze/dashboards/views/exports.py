"""What is seen, handed out: tables as CSV and XLSX, charts as JSON, SVG and PNG."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from zhiyin.accounts.models import Permission
from zhiyin.accounts.services import record
from zhiyin.analyze.dashboards.queries import tables
from zhiyin.analyze.dashboards.queries.analysis import analysis_of
from zhiyin.analyze.dashboards.queries.charts import draw, trend_spec
from zhiyin.common.access import permission_required

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permission_required(Permission.EXPORT_DATA)
def export_scores(request: HttpRequest, ending: str) -> HttpResponse:
    """Hand out the score and trend, or the table of one dimension."""
    analysis = analysis_of(request)
    if analysis.selection is None:
        raise Http404
    name = request.GET.get("by", "")
    sheet = (
        tables.breakdown_sheet(analysis, name) if name else tables.score_sheet(analysis)
    )
    record(
        action="scores.exported",
        organisation=analysis.organisation,
        actor=analysis.person,
        ending=ending,
        selection=analysis.selection.query(),
        rows=len(sheet.rows),
    )
    is_csv = ending == "csv"
    content = tables.as_csv(sheet) if is_csv else tables.as_xlsx(sheet)
    kind = "text/csv; charset=utf-8" if is_csv else XLSX
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="zhiyin-scores.{ending}"'
    return response


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
