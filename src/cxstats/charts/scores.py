"""Charts of scores: groups with intervals, distributions, trends, differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxstats.charts.theme import (
    CLASS_COLOURS,
    PALETTE,
    ROW_HEIGHT,
    UNITS,
    Caption,
    frame_of,
    themed,
    words_for,
)
from cxstats.scales import Scale

__all__ = [
    "difference_chart",
    "distribution_chart",
    "estimate_chart",
    "trend_chart",
]

_VERDICT_COLOURS = {
    "rose": CLASS_COLOURS["promoter"],
    "fell": CLASS_COLOURS["detractor"],
    "no_detectable_change": PALETTE["quiet"],
}

_NUMBERS = ("value", "lower", "upper")


def estimate_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    unit: str,
    caption: Caption | None = None,
) -> Any:
    """Draw one dot with its interval per group on a common axis.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper``, ``n``; drawn in this order.
        Optional ``standing``: rows that are not ``normal`` are grey.
    unit
        ``points``, ``score`` or ``share``.
    caption
        Words around the chart.
    """
    frame = frame_of(rows)
    if "standing" not in frame:
        frame = frame.assign(standing="normal")
    title, form = UNITS[unit]
    y = alt.Y("label:N", sort=None, title=None)
    colour = alt.condition(
        "datum.standing == 'normal'",
        alt.value(PALETTE["accent"]),
        alt.value(PALETTE["quiet"]),
    )
    tooltip = [
        alt.Tooltip("label:N"),
        *(alt.Tooltip(f"{name}:Q", format=form) for name in _NUMBERS),
        alt.Tooltip("n:Q", format=","),
    ]
    axis = alt.Axis(format=form)
    base = alt.Chart(frame).encode(y=y, color=colour, tooltip=tooltip)
    whiskers = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("lower:Q", title=title, axis=axis, scale=alt.Scale(zero=False)),
        x2="upper:Q",
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x="value:Q")
    chart = alt.layer(whiskers, dots).properties(
        width="container", height=max(len(frame), 2) * ROW_HEIGHT
    )
    return themed(chart, caption)


def distribution_chart(
    counts: Mapping[float, float],
    scale: Scale,
    *,
    caption: Caption | None = None,
    words: Mapping[str, str] | None = None,
) -> Any:
    """Draw the share of answers on every point of the scale.

    Parameters
    ----------
    counts
        Answers (or weights) by score.
    scale
        Every point of it is drawn, answered or not; its cuts, if it has any, colour
        the columns by class.
    caption
        Words around the chart.
    words
        The reader's words for ``promoter``, ``passive`` and ``detractor``.
    """
    total = sum(counts.values()) or 1.0
    points = list(range(scale.minimum, scale.maximum + 1))
    shares = [counts.get(float(point), 0) / total for point in points]
    frame = pd.DataFrame({"score": points, "share": shares})
    base = alt.Chart(frame).encode(
        x=alt.X("score:O", title="Score", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("share:Q", title="Share of answers", axis=alt.Axis(format=".0%")),
        tooltip=["score:O", alt.Tooltip("share:Q", format=".1%")],
    )
    if scale.detractor_max is None:
        bars = base.mark_bar(color=PALETTE["accent"])
    else:
        named = words_for(words, CLASS_COLOURS)
        names = dict(zip(CLASS_COLOURS, named, strict=True))
        base.data = frame.assign(
            **{"class": [names[_class_of(point, scale)] for point in points]}
        )
        colours = alt.Scale(domain=named, range=list(CLASS_COLOURS.values()))
        colour = alt.Color("class:N", scale=colours, title=None)
        bars = base.mark_bar().encode(color=colour)
    return themed(bars.properties(width="container", height=160), caption)


def _class_of(point: int, scale: Scale) -> str:
    detractor_max, promoter_min = scale.cuts()
    if point <= detractor_max:
        return "detractor"
    return "promoter" if point >= promoter_min else "passive"


def trend_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    unit: str,
    markers: Sequence[Mapping[str, Any]] = (),
    caption: Caption | None = None,
) -> Any:
    """Draw a score over time with its intervals.

    Parameters
    ----------
    rows
        ``period`` (date or ISO text), ``value``, ``lower``, ``upper``, ``n``; a
        period without a survey has no value and breaks the line.
    unit
        ``points``, ``score`` or ``share``.
    markers
        ``period`` and ``label`` of interventions and instrument changes.
    caption
        Words around the chart.
    """
    title, form = UNITS[unit]
    frame = frame_of(rows)
    base = alt.Chart(frame).encode(x=alt.X("period:T", title=None))
    whiskers = base.mark_rule(color=PALETTE["accent"], opacity=0.5).encode(
        y=alt.Y(
            "lower:Q",
            title=title,
            axis=alt.Axis(format=form),
            scale=alt.Scale(zero=False),
        ),
        y2="upper:Q",
    )
    line = base.mark_line(
        color=PALETTE["accent"], invalid="break-paths-show-path-domains"
    ).encode(y="value:Q")
    tooltip = [
        alt.Tooltip("period:T"),
        alt.Tooltip("value:Q", format=form),
        alt.Tooltip("n:Q", format=","),
    ]
    dots = base.mark_point(filled=True, size=50, color=PALETTE["accent"]).encode(
        y="value:Q", tooltip=tooltip
    )
    layers = [whiskers, line, dots]
    if markers:
        events = alt.Chart(frame_of(markers)).encode(x="period:T")
        layers.append(events.mark_rule(strokeDash=[4, 4], color=PALETTE["quiet"]))
        layers.append(
            events.mark_text(align="left", dx=4, y=8, color=PALETTE["ink"]).encode(
                text="label:N"
            )
        )
    chart = alt.layer(*layers).properties(width="container", height=240)
    return themed(chart, caption)


def difference_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    unit: str,
    caption: Caption | None = None,
    words: Mapping[str, str] | None = None,
) -> Any:
    """Draw differences with their intervals around zero.

    A row is coloured only by its verdict, which already accounts for the interval
    and for the number of comparisons; all others stay grey.

    Parameters
    ----------
    rows
        ``label``, ``difference``, ``lower``, ``upper``, ``verdict``.
    unit
        ``points``, ``score`` or ``share``.
    caption
        Words around the chart.
    words
        The reader's words for the verdict codes.
    """
    named = words_for(words, _VERDICT_COLOURS)
    names = dict(zip(_VERDICT_COLOURS, named, strict=True))
    frame = frame_of(rows)
    if len(frame):
        frame = frame.assign(verdict=frame["verdict"].map(names))
    form = UNITS[unit][1]
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", sort=None, title=None),
        color=alt.Color(
            "verdict:N",
            scale=alt.Scale(domain=named, range=list(_VERDICT_COLOURS.values())),
            title=None,
        ),
    )
    whiskers = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("lower:Q", title="Difference", axis=alt.Axis(format=form)),
        x2="upper:Q",
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x="difference:Q")
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=PALETTE["ink"])
    chart = alt.layer(zero.encode(x="zero:Q"), whiskers, dots).properties(
        width="container", height=max(len(frame), 2) * ROW_HEIGHT
    )
    return themed(chart, caption)
