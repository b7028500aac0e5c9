"""Charts of units: shrunken scores with intervals, and the funnel."""

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

__all__ = ["funnel_chart", "unit_chart"]

_VERDICTS = {
    "above": CLASS_COLOURS["promoter"],
    "below": CLASS_COLOURS["detractor"],
    "not_different": PALETTE["quiet"],
}


def unit_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    unit: str,
    centre: float,
    target: float | None = None,
    caption: Caption | None = None,
    words: Mapping[str, str] | None = None,
) -> Any:
    """Draw each unit's best guess with its interval, and its own score beside it.

    Parameters
    ----------
    rows
        ``unit``, ``value``, ``lower``, ``upper``, ``raw``, ``n`` and ``verdict``.
    unit
        ``points`` or ``score``.
    centre
        Mean of all units, drawn as a line.
    target
        Target, drawn as a dashed line.
    caption
        Words around the chart.
    words
        The reader's words for ``above``, ``below`` and ``not_different``.
    """
    named = words_for(words, _VERDICTS)
    frame = frame_of(rows)
    if len(frame):
        names = dict(zip(_VERDICTS, named, strict=True))
        frame = frame.assign(verdict=frame["verdict"].map(names))
    title, form = UNITS[unit]
    colour = alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=named, range=list(_VERDICTS.values())),
        title=None,
    )
    base = alt.Chart(frame).encode(y=alt.Y("unit:N", sort=None, title=None))
    x = alt.X(
        "lower:Q",
        title=title,
        axis=alt.Axis(format=form),
        scale=alt.Scale(zero=False),
    )
    whiskers = base.mark_rule(strokeWidth=2).encode(x=x, x2="upper:Q", color=colour)
    tooltip = [
        alt.Tooltip("unit:N"),
        *(alt.Tooltip(f"{name}:Q", format=form) for name in ("value", "raw")),
        alt.Tooltip("n:Q", format=","),
    ]
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="value:Q", color=colour, tooltip=tooltip
    )
    own = base.mark_point(shape="stroke", angle=90, color=PALETTE["ink"]).encode(
        x="raw:Q"
    )
    layers = [_line(centre, [1, 0]), whiskers, own, dots]
    if target is not None:
        layers.insert(1, _line(target, [4, 4]))
    chart = alt.layer(*layers).properties(
        width="container", height=max(len(frame), 2) * ROW_HEIGHT
    )
    return themed(chart, caption)


def _line(value: float, dash: list[int]) -> alt.Chart:
    frame = pd.DataFrame({"at": [value]})
    line = alt.Chart(frame).mark_rule(color=PALETTE["ink"], strokeDash=dash)
    drawn: alt.Chart = line.encode(x="at:Q")
    return drawn


def funnel_chart(
    rows: Sequence[Mapping[str, Any]],
    limits: Sequence[Mapping[str, Any]],
    *,
    unit: str,
    caption: Caption | None = None,
) -> Any:
    """Draw units by their answers, between the limits of chance.

    Parameters
    ----------
    rows
        ``unit``, ``n`` and ``score``.
    limits
        ``n``, ``limit`` (such as ``95%``), ``lower`` and ``upper``, by rising n.
    unit
        ``points`` or ``score``.
    caption
        Words around the chart.
    """
    title, form = UNITS[unit]
    axis = alt.Axis(format=form)
    edges = pd.DataFrame(list(limits)).melt(
        id_vars=["n", "limit"], value_vars=["lower", "upper"], var_name="side"
    )
    x = alt.X("n:Q", title="Answers")
    lines = (
        alt.Chart(edges)
        .mark_line(color=PALETTE["quiet"])
        .encode(
            x=x,
            y=alt.Y("value:Q", title=title, axis=axis),
            strokeDash=alt.StrokeDash("limit:N", title=None),
            detail="side:N",
        )
    )
    tooltip = [
        alt.Tooltip("unit:N"),
        alt.Tooltip("score:Q", format=form),
        alt.Tooltip("n:Q", format=","),
    ]
    dots = (
        alt.Chart(frame_of(rows))
        .mark_point(filled=True, size=60, opacity=1, color=PALETTE["accent"])
        .encode(x=x, y="score:Q", tooltip=tooltip)
    )
    chart = alt.layer(lines, dots).properties(width="container", height=300)
    return themed(chart, caption)
