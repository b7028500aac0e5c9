"""Charts of churn models: calibration, and customers by probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxstats.charts.theme import CLASS_COLOURS, PALETTE, Caption, frame_of, themed

__all__ = ["TIER_COLOURS", "calibration_chart", "score_chart"]

TIER_COLOURS = {
    "red": CLASS_COLOURS["detractor"],
    "amber": "#c98a1b",
    "green": CLASS_COLOURS["promoter"],
}
"""Colours of the tiers of risk."""

_SHARE = ".0%"


def calibration_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    caption: Caption | None = None,
) -> Any:
    """Draw observed against predicted shares; a good model lies on the diagonal.

    Parameters
    ----------
    rows
        ``predicted``, ``observed``, ``lower``, ``upper``, ``n`` per group.
    caption
        Words around the chart.
    """
    frame = frame_of(rows)
    axis = alt.Axis(format=_SHARE)
    base = alt.Chart(frame).encode(
        x=alt.X("predicted:Q", title="Predicted share", axis=axis),
        tooltip=[
            alt.Tooltip("predicted:Q", format=".1%"),
            alt.Tooltip("observed:Q", format=".1%"),
            alt.Tooltip("n:Q", format=","),
        ],
    )
    whiskers = base.mark_rule(color=PALETTE["accent"], strokeWidth=2).encode(
        y=alt.Y("lower:Q", title="Observed share", axis=axis), y2="upper:Q"
    )
    dots = base.mark_point(filled=True, size=70, color=PALETTE["accent"]).encode(
        y="observed:Q"
    )
    top = float(frame[["predicted", "upper"]].max().max()) if len(frame) else 1.0
    line = (
        alt.Chart(pd.DataFrame({"at": [0.0, top]}))
        .mark_line(color=PALETTE["quiet"], strokeDash=[4, 4])
        .encode(x="at:Q", y="at:Q")
    )
    chart = alt.layer(line, whiskers, dots).properties(width="container", height=280)
    return themed(chart, caption)


def score_chart(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame,
    *,
    caption: Caption | None = None,
) -> Any:
    """Draw how many customers have which probability, by tier.

    Parameters
    ----------
    rows
        ``probability`` and ``tier`` per customer.
    caption
        Words around the chart.
    """
    frame = frame_of(rows)
    if len(frame):
        cut = (frame["probability"] * 20).astype(int).clip(upper=19) / 20
        sizes = frame.assign(start=cut).groupby(["start", "tier"]).size()
        frame = sizes.reset_index(name="customers")
        frame = frame.assign(end=frame["start"] + 0.05)
    colours = alt.Scale(domain=list(TIER_COLOURS), range=list(TIER_COLOURS.values()))
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("start:Q", title="Probability", axis=alt.Axis(format=_SHARE)),
            x2="end:Q",
            y=alt.Y("customers:Q", title="Customers"),
            color=alt.Color("tier:N", scale=colours, title=None),
            tooltip=["tier:N", alt.Tooltip("customers:Q", format=",")],
        )
        .properties(width="container", height=220)
    )
    return themed(chart, caption)
