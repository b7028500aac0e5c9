"""One look for every chart: the same specification in page, report and notebook.

Charts take small tables of labels, values and intervals, never rows of answers.
Classes are told apart by position, label and colour together, because colour
alone fails readers with colour-vision deficiency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

__all__ = [
    "CLASS_COLOURS",
    "PALETTE",
    "ROW_HEIGHT",
    "UNITS",
    "Caption",
    "frame_of",
    "themed",
    "words_for",
]

CLASS_COLOURS = {
    "promoter": "#0b8a7a",
    "passive": "#8a94a3",
    "detractor": "#d5482a",
}
"""Colours of the three classes."""

PALETTE = {
    "accent": "#0f5d6b",
    "ink": "#1f2937",
    "quiet": "#8a94a3",
    "grid": "#e5e7eb",
}
"""Accent and greys of the product's stylesheet."""

FONT = (
    'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Segoe UI", '
    "sans-serif"
)

_CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": PALETTE["ink"],
        "titleColor": PALETTE["ink"],
        "gridColor": PALETTE["grid"],
        "domain": False,
        "ticks": False,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "title": {
        "anchor": "start",
        "color": PALETTE["ink"],
        "fontSize": 14,
        "subtitleColor": PALETTE["quiet"],
        "subtitleFontSize": 12,
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12},
}

UNITS = {
    "points": ("Score (points)", "+.0f"),
    "score": ("Mean score", ".2f"),
    "share": ("Share", ".1%"),
    "rate": ("Rate", ",.1f"),
}
"""Axis title and number format by unit."""

ROW_HEIGHT = 24
"""Pixels of one row of a chart with a row per group."""

_Chart = alt.Chart | alt.LayerChart | alt.FacetChart


@dataclass(frozen=True)
class Caption:
    """Words around a chart.

    Parameters
    ----------
    title
        What is shown.
    finding
        The finding in one sentence; drawn under the title.
    source
        n and period; drawn after the finding.
    """

    title: str = ""
    finding: str = ""
    source: str = ""

    def params(self) -> alt.TitleParams:
        """Return the caption as a chart title."""
        lines = [line for line in (self.finding, self.source) if line]
        return alt.TitleParams(text=self.title, subtitle=lines)


def themed(chart: _Chart, caption: Caption | None = None) -> Any:
    """Give a finished chart the common look and its caption."""
    titled = chart.properties(title=caption.params()) if caption else chart
    return titled.configure(**_CONFIG)


def words_for(words: Mapping[str, str] | None, codes: Mapping[str, str]) -> list[str]:
    """Return the reader's word for each code, or the code in English."""
    chosen = words or {}
    return [chosen.get(code, code.replace("_", " ")) for code in codes]


def frame_of(rows: Sequence[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Return rows as a frame, as which they may have come."""
    return rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
