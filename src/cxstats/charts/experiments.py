"""Charts of experiments: effects, looks over time, uplift, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxstats.charts.theme import PALETTE, ROW_HEIGHT, UNITS, Caption, frame_of, themed

__all__ = ["effect_chart", "looks_chart", "parallel_chart", "qini_chart"]

_LABELS = alt.Axis(labelAngle=0, labelOverlap=True)


def effect_chart(
    rows: Sequence[Mapping[str, Any]], *, unit: str, title: str = ""
) -> Any:
    """Draw effects with their intervals around zero.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper``, ``n``.
    unit
        ``points``, ``score`` or ``share``.
    title
        What is shown.
    """
    form = UNITS[unit][1]
    frame = pd.DataFrame(list(rows), columns=["label", "value", "lower", "upper", "n"])
    base = alt.Chart(frame).encode(y=alt.Y("label:N", sort=None, title=None))
    whiskers = base.mark_rule(strokeWidth=2, color=PALETTE["accent"]).encode(
        x=alt.X("lower:Q", title="Effect", axis=alt.Axis(format=form, tickCount=6)),
        x2="upper:Q",
    )
    dots = base.mark_point(filled=True, size=70, color=PALETTE["accent"]).encode(
        x="value:Q",
        tooltip=["label:N", alt.Tooltip("value:Q", format=form), "n:Q"],
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=PALETTE["ink"])
    chart = alt.layer(zero.encode(x="zero:Q"), whiskers, dots).properties(
        width="container", height=max(len(frame), 2) * ROW_HEIGHT
    )
    return themed(chart, Caption(title))


def looks_chart(rows: Sequence[Mapping[str, Any]], *, unit: str, title: str) -> Any:
    """Draw a confidence sequence: the effect and its always-valid interval by look.

    Parameters
    ----------
    rows
        ``look`` (label in order), ``value``, ``lower``, ``upper``.
    unit, title
        As in `effect_chart`.
    """
    form = UNITS[unit][1]
    base = alt.Chart(frame_of(rows)).encode(
        x=alt.X("look:O", title=None, sort=None, axis=_LABELS)
    )
    band = base.mark_area(color=PALETTE["accent"], opacity=0.2).encode(
        y=alt.Y("lower:Q", title="Effect", axis=alt.Axis(format=form)), y2="upper:Q"
    )
    line = base.mark_line(color=PALETTE["accent"], point=True).encode(y="value:Q")
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=PALETTE["ink"])
    chart = alt.layer(band, zero.encode(y="zero:Q"), line)
    return themed(chart.properties(width="container", height=240), Caption(title))


def parallel_chart(rows: Sequence[Mapping[str, Any]], *, unit: str, title: str) -> Any:
    """Draw the treated and the control group by period.

    Parameters
    ----------
    rows
        ``period`` (label in order), ``group``, ``value``, ``phase``.
    unit, title
        As in `effect_chart`.
    """
    name, form = UNITS[unit]
    chart = (
        alt.Chart(frame_of(rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("period:O", title=None, sort=None, axis=_LABELS),
            y=alt.Y(
                "value:Q",
                title=name,
                axis=alt.Axis(format=form),
                scale=alt.Scale(zero=False),
            ),
            color=alt.Color(
                "group:N",
                title=None,
                scale=alt.Scale(
                    domain=["treated", "control"],
                    range=[PALETTE["accent"], PALETTE["quiet"]],
                ),
            ),
            tooltip=["period:O", "group:N", alt.Tooltip("value:Q", format=form), "n:Q"],
        )
        .properties(width="container", height=240)
    )
    return themed(chart, Caption(title))


def qini_chart(rows: Sequence[Mapping[str, Any]], *, title: str) -> Any:
    """Draw Qini curves of several scores with the line of random targeting.

    Parameters
    ----------
    rows
        ``score`` (name), ``share`` of the customers targeted, ``additional`` outcomes.
    title
        What is shown.
    """
    chart = (
        alt.Chart(frame_of(rows))
        .mark_line()
        .encode(
            x=alt.X("share:Q", title="Targeted", axis=alt.Axis(format=".0%")),
            y=alt.Y("additional:Q", title="Additional outcomes"),
            color=alt.Color("score:N", title=None),
        )
        .properties(width="container", height=240)
    )
    return themed(chart, Caption(title))
