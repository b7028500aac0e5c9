"""Charts of discovery: findings with their intervals, pieces of a number's range."""

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
    themed,
)

__all__ = ["findings_chart", "pieces_chart", "strength_chart"]

_GROUPS = {
    "lower": CLASS_COLOURS["detractor"],
    "higher": CLASS_COLOURS["promoter"],
    "suspected artefact": PALETTE["quiet"],
}


def findings_chart(
    rows: Sequence[Mapping[str, Any]], *, unit: str, caption: Caption | None = None
) -> Any:
    """Draw each finding's difference from the others as a dot with its interval.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper``, ``n``, ``impact`` and ``artefact``
        per finding, drawn in this order; the larger the dot, the more answers.
    unit
        ``points`` or ``score``.
    caption
        Words around the chart.
    """
    columns = ["label", "value", "lower", "upper", "n", "impact", "artefact"]
    frame = pd.DataFrame(list(rows), columns=columns)
    direction = ["lower" if value < 0 else "higher" for value in frame["value"]]
    named = pd.Series(direction, index=frame.index, dtype=object)
    frame["group"] = named.where(~frame["artefact"].astype(bool), "suspected artefact")
    _, form = UNITS[unit]
    domain = list(_GROUPS)
    colour = alt.Color(
        "group:N",
        title=None,
        scale=alt.Scale(domain=domain, range=[_GROUPS[name] for name in domain]),
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)),
        color=colour,
        tooltip=[
            alt.Tooltip("label:N"),
            *(alt.Tooltip(f"{name}:Q", format=form) for name in columns[1:4]),
            alt.Tooltip("n:Q", format=","),
            alt.Tooltip("impact:Q", format="+.2f"),
        ],
    )
    title = "Difference from the others"
    whiskers = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("lower:Q", title=title, axis=alt.Axis(format=form)), x2="upper:Q"
    )
    dots = base.mark_point(filled=True, opacity=1).encode(
        x="value:Q",
        size=alt.Size("n:Q", legend=None, scale=alt.Scale(range=[40, 240])),
    )
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=PALETTE["quiet"])
    chart = alt.layer(zero.encode(x="x:Q"), whiskers, dots).properties(
        width="container", height=max(len(frame), 2) * ROW_HEIGHT
    )
    return themed(chart, caption)


def pieces_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    column: str,
    unit: str,
    caption: Caption | None = None,
) -> Any:
    """Draw the score of each piece of a number's range, its interval as a band.

    Parameters
    ----------
    rows
        ``from``, ``to``, ``value``, ``lower``, ``upper`` and ``n`` per piece.
    column, unit
        The number, and the unit of the score.
    caption
        Words around the chart.
    """
    frame = pd.DataFrame(list(rows))
    title, form = UNITS[unit]
    names = ("value", "lower", "upper")
    base = alt.Chart(frame).encode(
        x=alt.X("from:Q", title=column),
        x2="to:Q",
        tooltip=[
            alt.Tooltip("from:Q"),
            alt.Tooltip("to:Q"),
            *(alt.Tooltip(f"{name}:Q", format=form) for name in names),
            alt.Tooltip("n:Q", format=","),
        ],
    )
    axis = alt.Axis(format=form)
    scale = alt.Scale(zero=False)
    bands = base.mark_rect(color=PALETTE["accent"], opacity=0.2).encode(
        y=alt.Y("lower:Q", title=title, axis=axis, scale=scale), y2="upper:Q"
    )
    lines = base.mark_rule(color=PALETTE["accent"], strokeWidth=3).encode(y="value:Q")
    chart = alt.layer(bands, lines).properties(width="container", height=220)
    return themed(chart, caption)


def strength_chart(frame: pd.DataFrame, *, caption: Caption | None = None) -> Any:
    """Draw how closely columns go with a score, the closest first.

    Parameters
    ----------
    frame
        ``name``, ``n``, ``correlation`` and ``p`` per column, in this order.
    caption
        Words around the chart.
    """
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=None, title=None),
        x=alt.X("correlation:Q", title="Correlation", scale=alt.Scale(domain=[-1, 1])),
        tooltip=["name:N", alt.Tooltip("correlation:Q", format="+.3f"), "n:Q", "p:Q"],
    )
    bars = base.mark_bar(color=PALETTE["accent"]).properties(
        width="container", height=max(len(frame), 2) * ROW_HEIGHT
    )
    return themed(bars, caption)
