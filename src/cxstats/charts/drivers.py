"""Charts of drivers: importance, the matrix, contributions, penalties and rewards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cxstats.charts.scores import estimate_chart
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
from cxstats.estimates import Estimate

__all__ = [
    "contribution_chart",
    "importance_chart",
    "matrix_chart",
    "penalty_reward_chart",
]

Rows = Sequence[Mapping[str, Any]] | pd.DataFrame

_QUADRANT_COLOURS = {
    "concentrate_here": CLASS_COLOURS["detractor"],
    "keep_up": CLASS_COLOURS["promoter"],
    "low_priority": PALETTE["accent"],
    "possible_overkill": PALETTE["ink"],
    "undetermined": PALETTE["quiet"],
}


def importance_chart(
    rows: Rows,
    *,
    outcome: str,
    r_squared: Estimate,
    caption: Caption | None = None,
) -> Any:
    """Draw each driver's share of what is explained, with its interval.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper``, ``n``; drawn in this order.
    outcome
        What is explained.
    r_squared
        What all drivers explain together, 0 to 1.
    caption
        Words around the chart; by default what was explained and how much of it.
    """
    usual = Caption(
        f"What goes together with {outcome}",
        finding=f"All drivers together explain {r_squared.value:.0%}",
        source=f"n {r_squared.n:,}",
    )
    return estimate_chart(rows, unit="share", caption=caption or usual)


def matrix_chart(
    rows: Rows,
    outlines: Rows,
    *,
    lines: tuple[float, float],
    outcome: str,
    caption: Caption | None = None,
    words: Mapping[str, str] | None = None,
) -> Any:
    """Draw importance against performance with confidence regions.

    Parameters
    ----------
    rows
        ``name``, ``performance``, ``share``, ``quadrant``.
    outlines
        ``name``, ``at`` (order), ``performance``, ``share``: points of the regions.
    lines
        Performance and share at which the matrix is divided.
    outcome
        What is explained.
    caption
        Words around the chart.
    words
        The reader's words for the codes of the quadrants.
    """
    named = words_for(words, _QUADRANT_COLOURS)
    names = dict(zip(_QUADRANT_COLOURS, named, strict=True))
    frame = frame_of(rows)
    frame = frame.assign(quadrant=frame["quadrant"].map(names))
    kept = ["name", "performance", "share", "quadrant"]
    x = alt.X("performance:Q", title="Performance", scale=alt.Scale(zero=False))
    share = alt.Axis(format=".0%")
    y = alt.Y("share:Q", title="Share of importance", axis=share)
    colour = alt.Color(
        "quadrant:N",
        scale=alt.Scale(domain=named, range=list(_QUADRANT_COLOURS.values())),
        title=None,
    )
    regions = (
        alt.Chart(frame_of(outlines))
        .mark_line(strokeWidth=1, color=PALETTE["quiet"])
        .encode(x=x, y=y, order="at:Q", detail="name:N")
    )
    base = alt.Chart(frame[kept]).encode(x=x, y=y)
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(
        color=colour, tooltip=kept
    )
    labels = base.mark_text(align="left", dx=8, color=PALETTE["ink"]).encode(
        text="name:N"
    )
    rule = alt.Chart(pd.DataFrame({"performance": [lines[0]], "share": [lines[1]]}))
    dashed: Any = {"color": PALETTE["ink"], "strokeDash": [4, 4]}
    chart = alt.layer(
        rule.mark_rule(**dashed).encode(x="performance:Q"),
        rule.mark_rule(**dashed).encode(y="share:Q"),
        regions,
        dots,
        labels,
    ).properties(width="container", height=360)
    usual = Caption(f"Importance for {outcome} against performance")
    return themed(chart, caption or usual)


def contribution_chart(
    rows: Rows, *, unit: str, outcome: str, caption: Caption | None = None
) -> Any:
    """Draw contributions around zero with their intervals.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper`` and, where there are several,
        ``group``.
    unit
        ``points``, ``score`` or ``share``.
    outcome
        What is divided.
    caption
        Words around the chart.
    """
    frame = frame_of(rows)
    frame = frame.assign(side=frame["value"] >= 0)
    base = alt.Chart(frame).encode(y=alt.Y("label:N", sort=None, title=None))
    axis = alt.Axis(format=UNITS[unit][1])
    colour = alt.condition(
        "datum.side",
        alt.value(CLASS_COLOURS["promoter"]),
        alt.value(CLASS_COLOURS["detractor"]),
    )
    bars = base.mark_bar(opacity=0.7).encode(
        x=alt.X("value:Q", title="Contribution", axis=axis), color=colour
    )
    whiskers = base.mark_rule(color=PALETTE["ink"]).encode(x="lower:Q", x2="upper:Q")
    labels = frame["label"].nunique()
    chart: Any = alt.layer(bars, whiskers, data=frame).properties(
        width=480, height=max(labels, 2) * ROW_HEIGHT
    )
    if "group" in frame and len(frame["group"].unique()) > 1:
        chart = chart.facet(row=alt.Row("group:N", title=None))
    return themed(chart, caption or Caption(f"What makes up {outcome}"))


def penalty_reward_chart(
    rows: Rows, *, outcome: str, caption: Caption | None = None
) -> Any:
    """Draw what a low and a high rating do to the outcome, driver by driver.

    Parameters
    ----------
    rows
        ``name``, ``kind``, and ``penalty`` and ``reward``, each also as ``_lower``
        and ``_upper``.
    outcome
        What is explained.
    caption
        Words around the chart.
    """
    long = [
        {
            "label": f"{row['name']} ({row['kind'].replace('_', ' ')})",
            "side": side,
            "value": sign * row[side] if row[side] is not None else None,
            "lower": sign * row[f"{side}_lower"] if row[side] is not None else None,
            "upper": sign * row[f"{side}_upper"] if row[side] is not None else None,
        }
        for row in frame_of(rows).to_dict("records")
        for side, sign in (("penalty", -1), ("reward", 1))
    ]
    colours = [CLASS_COLOURS["detractor"], CLASS_COLOURS["promoter"]]
    base = alt.Chart(pd.DataFrame(long)).encode(
        y=alt.Y("label:N", sort=None, title=None),
        color=alt.Color(
            "side:N",
            scale=alt.Scale(domain=["penalty", "reward"], range=colours),
            title=None,
        ),
    )
    bars = base.mark_bar(opacity=0.7).encode(
        x=alt.X("value:Q", title=f"Change of {outcome}")
    )
    whiskers = base.mark_rule(strokeWidth=2).encode(x="lower:Q", x2="upper:Q")
    chart = alt.layer(bars, whiskers).properties(
        width="container", height=max(len(long) // 2, 2) * ROW_HEIGHT
    )
    return themed(chart, caption or Caption(f"Penalty and reward for {outcome}"))
