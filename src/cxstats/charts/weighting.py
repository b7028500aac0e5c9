"""Charts of weights: how far the sample was from its base, and how far it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxstats.charts.theme import (
    PALETTE,
    ROW_HEIGHT,
    Caption,
    themed,
    words_for,
)

__all__ = ["margin_chart"]

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
