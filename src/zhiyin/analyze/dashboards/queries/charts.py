"""Charts of the pages: one specification for the page, the picture and the report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import vl_convert as vlc
from django.utils.translation import gettext as _

from cxstats.charts import Caption, trend_chart
from cxstats.reporting import MinimumN
from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.metrics.models import ChangeMarker
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.scores import Trend

VEGA_LITE = "6.4"
PICTURE_WIDTH = 900


def trend_spec(analysis: Analysis) -> dict[str, Any]:
    """Return the trend of the current selection as a Vega-Lite specification."""
    selection = analysis.chosen
    found = scores.trend(analysis.snapshot, selection)
    rows = trend_rows(found, analysis.policy)
    if not rows:
        return {}
    total = sum(row["n"] for row in rows)
    name = str(selection.series.definition.name)
    caption = Caption(
        title=name,
        source=f"n {total:,} · {found.first:%Y-%m-%d} – {found.last:%Y-%m-%d}",
    )
    chart = trend_chart(
        rows,
        unit=selection.series.definition.unit,
        markers=_markers(analysis, found),
        caption=caption,
    )
    spec: dict[str, Any] = in_words(json.loads(chart.to_json()), chart_words())
    return with_days(spec, "%Y-%m" if found.step in {"month", "year"} else "%m-%d")


def with_days(node: Any, form: str) -> Any:
    """Write the days of a time axis as numbers, which need no translation."""
    if isinstance(node, list):
        return [with_days(value, form) for value in node]
    if not isinstance(node, dict):
        return node
    found = {name: with_days(value, form) for name, value in node.items()}
    if isinstance(found.get("x"), dict) and found["x"].get("type") == "temporal":
        axis = {"format": form, "labelOverlap": "greedy", "grid": False}
        found["x"] = found["x"] | {"axis": axis}
    return found


def in_words(node: Any, words: dict[str, str]) -> Any:
    """Return a specification with its axis titles in the reader's language."""
    if isinstance(node, dict):
        return {
            name: words.get(value, value)
            if name == "title" and isinstance(value, str)
            else in_words(value, words)
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [in_words(value, words) for value in node]
    return node


def trend_rows(found: Trend, policy: MinimumN) -> list[dict[str, Any]]:
    """Return the trend's steps; one with too few answers is a gap, not a point."""
    rows = []
    for point in found.points:
        shown = (
            point.estimate is not None and policy.standing(point.estimate.n) != "hidden"
        )
        estimate = point.estimate if shown else None
        rows.append(
            {
                "period": point.start.isoformat(),
                "value": estimate.value if estimate else None,
                "lower": estimate.lower if estimate else None,
                "upper": estimate.upper if estimate else None,
                "n": point.estimate.n if point.estimate else 0,
            },
        )
    return rows


def chart_words() -> dict[str, str]:
    """Return the words of the charts in the reader's language."""
    return {
        "Score (points)": _("Score (points)"),
        "Mean score": _("Mean score"),
        "Share": _("Share"),
        "Score": _("Score"),
        "Share of answers": _("Share of answers"),
        "Difference": _("Difference"),
    }


def _markers(analysis: Analysis, found: Trend) -> list[dict[str, str]]:
    first, last = found.points[0].start, found.points[-1].end
    selection = analysis.chosen
    touchpoints = {
        value
        for condition in selection.conditions
        if condition.name == "touchpoint"
        for value in condition.values
    }
    marked = ChangeMarker.objects.visible_to(analysis.person).filter(
        on__range=(first, last),
        stream__in=["", selection.series.stream],
    )
    return [
        {"period": marker.on.isoformat(), "label": marker.label}
        for marker in marked
        if not marker.touchpoint or not touchpoints or marker.touchpoint in touchpoints
    ]


@dataclass(frozen=True)
class Picture:
    """A drawn chart."""

    content: bytes
    content_type: str
    ending: str


def draw(spec: dict[str, Any], ending: str) -> Picture:
    """Draw a specification as SVG or PNG, with nothing loaded from outside."""
    fixed = json.dumps(spec | {"width": PICTURE_WIDTH, "background": "#ffffff"})
    if ending == "svg":
        svg = vlc.vegalite_to_svg(fixed, vl_version=VEGA_LITE)
        return Picture(svg.encode(), "image/svg+xml", "svg")
    png = vlc.vegalite_to_png(fixed, vl_version=VEGA_LITE, scale=2)
    return Picture(png, "image/png", "png")
