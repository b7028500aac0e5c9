"""Pages of analysis."""

from __future__ import annotations

from zhiyin.analyze.dashboards.views.compare import compare
from zhiyin.analyze.dashboards.views.exports import export, trend_chart
from zhiyin.analyze.dashboards.views.feedback import unasked
from zhiyin.analyze.dashboards.views.home import home
from zhiyin.analyze.dashboards.views.saved import delete_view, save_view
from zhiyin.analyze.dashboards.views.scores import scores
from zhiyin.analyze.dashboards.views.tables import table
from zhiyin.analyze.dashboards.views.voices import voices

__all__ = [
    "compare",
    "delete_view",
    "export",
    "home",
    "save_view",
    "scores",
    "table",
    "trend_chart",
    "unasked",
    "voices",
]
