"""Charts of weights and of non-response: how far the sample is from its base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxstats.charts.theme import (
    PALETTE,
    ROW_HEIGHT,
    UNITS,
    Caption,
    frame_of,
    themed,
    words_for,
)

__all__ = ["margin_chart", "sensitivity_chart"]

_STAGES = {
    "before": PALETTE["quiet"],
    "after": PALETTE["accent"],
    "target": PALETTE["ink"],
}
_SHAPES = ("circle", "circle", "stroke")


def margin_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    caption: Caption | None = None,
    words: Mapping[str, str] | None = None,
) -> Any:
    """Draw each value's share of the base before and after weighting.

    Parameters
    ----------
    rows
        ``variable``, ``value``, ``target``, ``before`` and ``after`` in people.
    caption
        Words around the chart.
    words
        The reader's words for ``before``, ``after`` and ``target``.
    """
    named = words_for(words, _STAGES)
    frame = pd.DataFrame(
        [
            {
                "label": f"{row['variable']} = {row['value'] or '–'}",
                "stage": name,
                "share": row[stage] / _total(rows, row["variable"]),
            }
            for row in rows
            for stage, name in zip(_STAGES, named, strict=True)
        ]
    )
    chart = (
        alt.Chart(frame)
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            y=alt.Y("label:N", sort=None, title=None),
            x=alt.X("share:Q", title="Share of people", axis=alt.Axis(format=".0%")),
            color=alt.Color(
                "stage:N",
                scale=alt.Scale(domain=named, range=list(_STAGES.values())),
                title=None,
            ),
            shape=alt.Shape(
                "stage:N",
                scale=alt.Scale(domain=named, range=list(_SHAPES)),
                title=None,
            ),
            tooltip=["label:N", "stage:N", alt.Tooltip("share:Q", format=".1%")],
        )
        .properties(width="container", height=max(len(rows), 2) * ROW_HEIGHT)
    )
    return themed(chart, caption)


def _total(rows: Sequence[Mapping[str, Any]], variable: str) -> float:
    return float(sum(r["target"] for r in rows if r["variable"] == variable))


def sensitivity_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    unit: str,
    observed: float,
    target: float | None = None,
    caption: Caption | None = None,
) -> Any:
    """Draw the score of everybody against a shift of those who did not answer.

    Parameters
    ----------
    rows
        ``delta``, ``value``, ``lower`` and ``upper``.
    unit
        ``points`` or ``score``.
    observed
        Score of those who answered, drawn as a grey line.
    target
        Drawn as a dashed line.
    caption
        Words around the chart.
    """
    title, form = UNITS[unit]
    base = alt.Chart(frame_of(rows)).encode(
        x=alt.X("delta:Q", title="Shift of those who did not answer")
    )
    y = alt.Y("lower:Q", title=title, axis=alt.Axis(format=form))
    band = base.mark_area(color=PALETTE["accent"], opacity=0.2).encode(y=y, y2="upper")
    tooltip = [
        alt.Tooltip(f"{name}:Q", format=form)
        for name in ("delta", "value", "lower", "upper")
    ]
    line = base.mark_line(color=PALETTE["accent"], point=True).encode(
        y="value:Q", tooltip=tooltip
    )
    layers = [band, line, _level(observed, PALETTE["quiet"], [1, 0])]
    if target is not None:
        layers.append(_level(target, PALETTE["ink"], [4, 4]))
    chart = alt.layer(*layers).properties(width="container", height=240)
    return themed(chart, caption)


def _level(value: float, colour: str, dash: list[int]) -> alt.Chart:
    frame = pd.DataFrame({"at": [value]})
    rule = alt.Chart(frame).mark_rule(color=colour, strokeDash=dash)
    drawn: alt.Chart = rule.encode(y="at:Q")
    return drawn
