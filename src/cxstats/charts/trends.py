"""Charts of series: control charts, seasons, and how soon a drop is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxstats.charts.theme import (
    CLASS_COLOURS,
    PALETTE,
    UNITS,
    Caption,
    frame_of,
    themed,
)

__all__ = ["control_chart", "detection_chart", "interruption_chart", "season_chart"]

_STATES = {
    "in control": PALETTE["accent"],
    "signal": CLASS_COLOURS["detractor"],
    "too few answers": PALETTE["quiet"],
}
_PANEL = 90


def control_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    unit: str,
    changes: Sequence[Mapping[str, Any]] = (),
    title: str = "",
    ordinal: bool = False,
) -> Any:
    """Draw a control chart with a centre line and stepped limits.

    Parameters
    ----------
    rows
        ``period``, ``value``, ``centre``, ``lower_limit``, ``upper_limit``, ``n`` and
        ``state`` (``in control``, ``signal``, ``too few answers``).
    unit
        ``points``, ``score`` or ``share``.
    changes
        ``period`` of each change of level, drawn as a line.
    title
        What is shown.
    ordinal
        Whether periods are labels rather than dates.
    """
    name, form = UNITS[unit]
    kind = "O" if ordinal else "T"
    x = alt.X(f"period:{kind}", title=None, sort=None)
    axis = alt.Axis(format=form)
    scale = alt.Scale(zero=False)
    base = alt.Chart(frame_of(rows)).encode(x=x)
    limits = [
        base.mark_line(
            interpolate="step", color=PALETTE["quiet"], strokeDash=[4, 3]
        ).encode(y=alt.Y(f"{side}_limit:Q", title=name, axis=axis, scale=scale))
        for side in ("lower", "upper")
    ]
    centre = base.mark_line(color=PALETTE["quiet"]).encode(y="centre:Q")
    line = base.mark_line(color=PALETTE["accent"], opacity=0.6).encode(y="value:Q")
    dots = base.mark_point(filled=True, size=50, opacity=1).encode(
        y="value:Q",
        color=alt.Color(
            "state:N",
            scale=alt.Scale(domain=list(_STATES), range=list(_STATES.values())),
            title=None,
        ),
        shape=alt.Shape("state:N", scale=alt.Scale(domain=list(_STATES)), title=None),
        tooltip=[
            alt.Tooltip(f"period:{kind}"),
            alt.Tooltip("value:Q", format=form),
            alt.Tooltip("lower_limit:Q", format=form),
            alt.Tooltip("upper_limit:Q", format=form),
            alt.Tooltip("n:Q", format=","),
        ],
    )
    layers: list[Any] = [*limits, centre, line, dots]
    if changes:
        marks = alt.Chart(frame_of(changes)).mark_rule(
            color=PALETTE["ink"], strokeDash=[2, 2]
        )
        layers.append(marks.encode(x=x))
    chart = alt.layer(*layers).properties(width="container", height=240)
    return themed(chart, Caption(title))


def season_chart(frame: pd.DataFrame) -> Any:
    """Draw value, trend, season and remainder under one another.

    Parameters
    ----------
    frame
        ``value``, ``trend``, ``season`` and ``remainder``, one row per period.
    """
    long = frame.assign(place=range(len(frame))).melt(
        "place", var_name="part", value_name="height"
    )
    lines = (
        alt.Chart(long)
        .mark_line(color=PALETTE["accent"])
        .encode(
            x=alt.X("place:Q", title="Period"),
            y=alt.Y("height:Q", title=None, scale=alt.Scale(zero=False)),
        )
        .properties(width=560, height=_PANEL)
    )
    panels = lines.facet(row=alt.Row("part:N", sort=list(frame.columns), title=None))
    whole = panels.resolve_scale(y="independent")
    return themed(whole, Caption("Trend, season and remainder"))


def detection_chart(rows: Sequence[Mapping[str, Any]], *, title: str) -> Any:
    """Draw the probability of having seen a drop, by chart and periods passed.

    Parameters
    ----------
    rows
        ``chart``, ``periods`` and ``found`` (0 to 1).
    title
        What is shown.
    """
    chart = (
        alt.Chart(frame_of(rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("periods:Q", title="Periods since the drop"),
            y=alt.Y(
                "found:Q",
                title="Probability of a signal",
                axis=alt.Axis(format=".0%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=alt.Color("chart:N", title=None),
            tooltip=["chart:N", "periods:Q", alt.Tooltip("found:Q", format=".0%")],
        )
        .properties(width="container", height=240)
    )
    return themed(chart, Caption(title))


def interruption_chart(frame: pd.DataFrame, position: int) -> Any:
    """Draw a series, its two fitted lines and the old trend carried on.

    Parameters
    ----------
    frame
        ``value``, ``fitted`` and ``expected``, one row per period.
    position
        Periods before the intervention, which is drawn as a line.
    """
    rows = frame.assign(
        place=range(len(frame)),
        side=["before" if at < position else "after" for at in range(len(frame))],
    )
    base = alt.Chart(rows).encode(x=alt.X("place:Q", title="Period"))
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False))
    dots = base.mark_point(filled=True, color=PALETTE["quiet"]).encode(y=y)
    fit = base.mark_line(color=PALETTE["accent"]).encode(y="fitted:Q", detail="side:N")
    old = base.mark_line(color=PALETTE["quiet"], strokeDash=[4, 3])
    moment = pd.DataFrame({"place": [position - 0.5]})
    cut = alt.Chart(moment).mark_rule(color=PALETTE["ink"]).encode(x="place:Q")
    chart = alt.layer(dots, old.encode(y="expected:Q"), fit, cut)
    return themed(
        chart.properties(width="container", height=240),
        Caption("Before and after the intervention"),
    )
