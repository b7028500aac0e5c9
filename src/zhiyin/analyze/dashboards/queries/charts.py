"""Charts of the pages: one specification for the page, the picture and the report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import vl_convert as vlc
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cxstats.charts import PALETTE, Caption, trend_chart
from cxstats.reporting import MinimumN
from zhiyin.analyze.dashboards.queries.analysis import Analysis
from zhiyin.analyze.metrics.models import ChangeMarker
from zhiyin.analyze.metrics.queries import scores
from zhiyin.analyze.metrics.queries.memory import remembered
from zhiyin.analyze.metrics.queries.scores import Trend

VEGA_LITE = "6.4"
PICTURE_WIDTH = 900
_MOST_TICKS = 13


@dataclass(frozen=True)
class Picture:
    """A drawn chart."""

    content: bytes
    content_type: str
    ending: str


def trend_spec(analysis: Analysis) -> dict[str, Any]:
    """Return the trend of the current selection as a Vega-Lite specification."""
    found = scores.trend(analysis.snapshot, analysis.chosen)
    if not found.points:
        return {}
    markers = markers_of(analysis, found)
    policy = analysis.policy
    about = (markers, policy.shown, policy.ranked, get_language())
    text = remembered(
        analysis.snapshot,
        analysis.chosen,
        f"chart|{json.dumps(about)}",
        lambda: json.dumps(_trend_spec(analysis, found, markers)),
    )
    spec: dict[str, Any] = json.loads(text)
    return spec


def _trend_spec(
    analysis: Analysis,
    found: Trend,
    markers: list[dict[str, str]],
) -> dict[str, Any]:
    definition = analysis.chosen.definition
    rows = trend_rows(found, analysis.policy)
    total = sum(row["n"] for row in rows)
    filters = [f"{chip.label} {chip.text}" for chip in analysis.chips]
    span = f"{found.first:%Y-%m-%d} – {found.last:%Y-%m-%d}"
    caption = Caption(
        title=str(definition.name),
        source=" · ".join([f"n {total:,}", span, *filters])[:160],
    )
    chart = trend_chart(rows, unit=definition.unit, markers=markers, caption=caption)
    spec = in_words(json.loads(chart.to_json()), chart_words())
    form = {"month": "%Y-%m", "year": "%Y"}.get(found.step, "%m-%d")
    starts = [row["period"] for row in rows]
    return _greyed(on_days(spec, form, starts[:: -(-len(starts) // _MOST_TICKS)]))


def on_days(node: Any, form: str, ticks: list[str]) -> Any:
    """Put the time axis on the steps themselves, written as numbers, in UTC.

    A day without a time is midnight in UTC to Vega; drawn in local time it would
    become the evening before in the west.
    """
    if isinstance(node, list):
        return [on_days(value, form, ticks) for value in node]
    if not isinstance(node, dict):
        return node
    found = {name: on_days(value, form, ticks) for name, value in node.items()}
    if isinstance(found.get("x"), dict) and found["x"].get("type") == "temporal":
        axis = {
            "format": form,
            "values": [_moment(day) for day in ticks],
            "labelOverlap": "greedy",
            "grid": False,
        }
        found["x"] = found["x"] | {"axis": axis, "scale": {"type": "utc"}}
    if isinstance(found.get("tooltip"), list):
        # Said as it is written: a day has no time that could be shifted.
        found["tooltip"] = [
            each | {"type": "nominal"} if each.get("type") == "temporal" else each
            for each in found["tooltip"]
        ]
    return found


def _moment(day: str) -> dict[str, Any]:
    """Return a day's midnight in UTC as Vega-Lite writes it."""
    year, month, date = (int(part) for part in day.split("-"))
    return {"year": year, "month": month, "date": date, "utc": True}


def _greyed(spec: dict[str, Any]) -> dict[str, Any]:
    """Draw steps of few answers grey, as everywhere else."""
    for layer in spec.get("layer", []):
        mark = layer.get("mark")
        if isinstance(mark, dict) and mark.get("type") in {"point", "rule"}:
            if "strokeDash" in mark:
                continue
            layer["encoding"]["color"] = {
                "condition": {
                    "test": "datum.standing === 'indicative'",
                    "value": PALETTE["quiet"],
                },
                "value": PALETTE["accent"],
            }
    return spec


def in_words(node: Any, words: dict[str, str]) -> Any:
    """Return a specification with its titles in the reader's language."""
    if isinstance(node, list):
        return [in_words(value, words) for value in node]
    if not isinstance(node, dict):
        return node
    found: dict[str, Any] = {
        name: words.get(value, value)
        if name == "title" and isinstance(value, str)
        else in_words(value, words)
        for name, value in node.items()
    }
    if isinstance(found.get("tooltip"), list):
        found["tooltip"] = [
            each | {"title": words.get(each["field"], each["field"])}
            for each in found["tooltip"]
        ]
    return found


def trend_rows(found: Trend, policy: MinimumN) -> list[dict[str, Any]]:
    """Return the trend's steps; one with too few answers is a gap, not a point."""
    rows = []
    for point in found.points:
        n = point.estimate.n if point.estimate else 0
        standing = policy.standing(n)
        shown = point.estimate if standing != "hidden" else None
        numbers = ("value", "lower", "upper")
        ends = {name: getattr(shown, name) if shown else None for name in numbers}
        period = point.start.isoformat()
        rows.append({"period": period, **ends, "n": n, "standing": standing})
    return rows


def chart_words() -> dict[str, str]:
    """Return the words of the charts in the reader's language."""
    return {
        "Score (points)": _("Score (points)"),
        "Mean score": _("Mean score"),
        "Share": _("Share"),
        "period": _("Period"),
        "value": _("Score"),
        "n": "n",
    }


def markers_of(analysis: Analysis, found: Trend) -> list[dict[str, str]]:
    """Return the marks on the days of a trend that concern its answers."""
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


def draw(spec: dict[str, Any], ending: str) -> Picture:
    """Draw a specification as SVG or PNG, with nothing loaded from outside."""
    fixed = json.dumps(spec | {"width": PICTURE_WIDTH, "background": "#ffffff"})
    if ending == "svg":
        svg = vlc.vegalite_to_svg(fixed, vl_version=VEGA_LITE)
        return Picture(svg.encode(), "image/svg+xml", "svg")
    png = vlc.vegalite_to_png(fixed, vl_version=VEGA_LITE, scale=2)
    return Picture(png, "image/png", "png")
