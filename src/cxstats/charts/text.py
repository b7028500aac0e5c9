"""Charts of what customers write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from cxstats.charts.theme import (
    CLASS_COLOURS,
    PALETTE,
    ROW_HEIGHT,
    Caption,
    frame_of,
    themed,
    words_for,
)

__all__ = ["aspect_chart", "counts_chart", "ratio_chart"]

_MOOD_COLOURS = {
    "negative": CLASS_COLOURS["detractor"],
    "neutral": CLASS_COLOURS["passive"],
    "positive": CLASS_COLOURS["promoter"],
}


def counts_chart(
    rows: Sequence[Mapping[str, Any]], *, caption: Caption | None = None
) -> Any:
    """Draw how often each thing occurs.

    Parameters
    ----------
    rows
        ``label`` and ``n``, in the order to show.
    caption
        Words around the chart.
    """
    base = alt.Chart(frame_of(rows or [{"label": "", "n": 0}]))
    bars = base.mark_bar(color=PALETTE["accent"]).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)),
        x=alt.X("n:Q", title="Comments"),
        tooltip=["label:N", alt.Tooltip("n:Q", format=",")],
    )
    return themed(
        bars.properties(width="container", height=max(len(rows), 2) * ROW_HEIGHT),
        caption,
    )


def aspect_chart(
    rows: Sequence[Mapping[str, Any]],
    *,
    caption: Caption | None = None,
    words: Mapping[str, str] | None = None,
) -> Any:
    """Draw aspects by how many comments speak of each, and how.

    Parameters
    ----------
    rows
        ``label``, ``mood`` (``negative``, ``neutral``, ``positive``) and ``n``.
    caption
        Words around the chart.
    words
        The reader's words for the moods.
    """
    named = words_for(words, _MOOD_COLOURS)
    names = dict(zip(_MOOD_COLOURS, named, strict=True))
    frame = frame_of(rows or [{"label": "", "mood": "neutral", "n": 0}])
    frame = frame.assign(mood=frame["mood"].map(names))
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)),
            x=alt.X("n:Q", title="Comments"),
            color=alt.Color(
                "mood:N",
                scale=alt.Scale(domain=named, range=list(_MOOD_COLOURS.values())),
                title=None,
            ),
            tooltip=["label:N", "mood:N", alt.Tooltip("n:Q", format=",")],
        )
    )
    height = max(frame["label"].nunique(), 2) * ROW_HEIGHT
    return themed(bars.properties(width="container", height=height), caption)


def ratio_chart(
    rows: Sequence[Mapping[str, Any]], *, caption: Caption | None = None
) -> Any:
    """Draw rate ratios with their intervals around 1, on a logarithmic axis.

    Parameters
    ----------
    rows
        ``label``, ``ratio``, ``lower``, ``upper`` (all above 0) and ``is_emerging``.
    caption
        Words around the chart.
    """
    frame = frame_of(rows)
    scale = alt.Scale(type="log")
    base = alt.Chart(frame).encode(
        y=alt.Y("label:N", sort=None, title=None),
        color=alt.condition(
            alt.datum.is_emerging,
            alt.value(CLASS_COLOURS["detractor"]),
            alt.value(PALETTE["quiet"]),
        ),
    )
    whiskers = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("lower:Q", title="Times as often as before", scale=scale), x2="upper:Q"
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x="ratio:Q")
    one = alt.Chart(frame_of([{"one": 1}])).mark_rule(color=PALETTE["ink"])
    chart = alt.layer(one.encode(x=alt.X("one:Q", scale=scale)), whiskers, dots)
    height = max(len(frame), 2) * ROW_HEIGHT
    return themed(chart.properties(width="container", height=height), caption)
