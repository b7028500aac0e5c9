"""Charts of loyalty: survival curves, the loyalty matrix, value by tier, linkage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxstats.charts.theme import PALETTE, ROW_HEIGHT, Caption, frame_of, themed

__all__ = ["cell_chart", "interval_chart", "share_chart", "survival_chart"]

_SERIES = ("#0f5d6b", "#d5482a", "#c98a1b", "#6b5fa8", "#0b8a7a", "#8a94a3")


def survival_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    caption: Caption | None = None,
) -> Any:
    """Draw the share still there over time, per group, with its interval.

    Parameters
    ----------
    rows
        ``group``, ``time``, ``survival``, ``lower``, ``upper``.
    caption
        Words around the chart.
    """
    frame = frame_of(rows)
    groups = list(dict.fromkeys(frame["group"])) if len(frame) else []
    colour = alt.Color(
        "group:N",
        title=None,
        scale=alt.Scale(domain=groups, range=list(_SERIES)),
        legend=alt.Legend() if len(groups) > 1 else None,
    )
    base = alt.Chart(frame).encode(
        x=alt.X("time:Q", title="Time"),
        color=colour,
        tooltip=["group:N", "time:Q", alt.Tooltip("survival:Q", format=".1%")],
    )
    share = alt.Y(
        "lower:Q",
        title="Still there",
        axis=alt.Axis(format=".0%"),
        scale=alt.Scale(domain=[0, 1]),
    )
    band = base.mark_area(opacity=0.15, interpolate="step-after").encode(
        y=share, y2="upper:Q"
    )
    line = base.mark_line(interpolate="step-after").encode(y="survival:Q")
    chart = alt.layer(band, line).properties(width="container", height=260)
    return themed(chart, caption)


def interval_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    title: str,
    form: str = ",.0f",
    caption: Caption | None = None,
) -> Any:
    """Draw one dot with its interval per row, in the order given.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper``, ``n``.
    title
        What the axis shows.
    form
        Number format of the axis.
    caption
        Words around the chart.
    """
    frame = frame_of(rows)
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("label:N"),
            *(alt.Tooltip(f"{n}:Q", format=form) for n in ("value", "lower", "upper")),
            alt.Tooltip("n:Q", format=","),
        ],
    )
    whiskers = base.mark_rule(color=PALETTE["accent"], strokeWidth=2).encode(
        x=alt.X("lower:Q", title=title, axis=alt.Axis(format=form)), x2="upper:Q"
    )
    dots = base.mark_point(filled=True, size=70, color=PALETTE["accent"]).encode(
        x="value:Q"
    )
    chart = alt.layer(whiskers, dots).properties(
        width="container", height=max(len(frame), 2) * ROW_HEIGHT
    )
    return themed(chart, caption)


def cell_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    x: str,
    y: str,
    caption: Caption | None = None,
) -> Any:
    """Draw shares as a grid of cells with their numbers, darker for more.

    Parameters
    ----------
    rows
        ``x``, ``y``, ``share``, ``n`` and the ``label`` of each cell.
    x, y
        Titles of the axes.
    caption
        Words around the chart.
    """
    frame = frame_of(rows)
    base = alt.Chart(frame).encode(
        x=alt.X("x:O", title=x, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("y:O", title=y, sort="descending"),
        tooltip=[
            alt.Tooltip("label:N"),
            alt.Tooltip("share:Q", format=".1%"),
            alt.Tooltip("n:Q", format=","),
        ],
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(range=[PALETTE["grid"], PALETTE["accent"]]),
            legend=None,
        )
    )
    words = base.mark_text(lineBreak="\n").encode(
        text="label:N",
        color=alt.condition(
            "datum.share > 0.4", alt.value("white"), alt.value(PALETTE["ink"])
        ),
    )
    chart = alt.layer(cells, words).properties(width="container", height=240)
    return themed(chart, caption)


def share_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    title: str,
    caption: Caption | None = None,
) -> Any:
    """Draw how many customers have which share or probability.

    Parameters
    ----------
    rows
        ``start`` and ``end`` of each range between 0 and 1, and ``n`` customers.
    title
        What the horizontal axis shows.
    caption
        Words around the chart.
    """
    axis = alt.Axis(format=".0%")
    chart = (
        alt.Chart(frame_of(rows))
        .mark_bar(color=PALETTE["accent"])
        .encode(
            x=alt.X("start:Q", title=title, axis=axis),
            x2="end:Q",
            y=alt.Y("n:Q", title="Customers"),
            tooltip=[
                alt.Tooltip("start:Q", format=".0%"),
                alt.Tooltip("n:Q", format=",.0f"),
            ],
        )
        .properties(width="container", height=220)
    )
    return themed(chart, caption)
