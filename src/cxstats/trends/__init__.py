"""Scores over time: control charts, change points, season, growth, detectability."""

from __future__ import annotations

from cxstats.trends.breaks import ChangePoint, ChangePoints, change_points
from cxstats.trends.detection import TimeToDetect, time_to_detect
from cxstats.trends.growth import Growth, count_growth, value_growth
from cxstats.trends.interrupted import InterruptedSeries, interrupted_series
from cxstats.trends.limits import ControlLimits, control_limits, p_chart
from cxstats.trends.monitoring import monitor
from cxstats.trends.rates import monitor_rate
from cxstats.trends.result import Monitoring
from cxstats.trends.robust import Dispersion, dispersion_of, robust_z
from cxstats.trends.run_lengths import ChartDesign, RunLength, run_length
from cxstats.trends.seasonality import SeasonalTrend, seasonal_trend
from cxstats.trends.signals import Signal

__all__ = [
    "ChangePoint",
    "ChangePoints",
    "ChartDesign",
    "ControlLimits",
    "Dispersion",
    "Growth",
    "InterruptedSeries",
    "Monitoring",
    "RunLength",
    "SeasonalTrend",
    "Signal",
    "TimeToDetect",
    "change_points",
    "control_limits",
    "count_growth",
    "dispersion_of",
    "interrupted_series",
    "monitor",
    "monitor_rate",
    "p_chart",
    "robust_z",
    "run_length",
    "seasonal_trend",
    "time_to_detect",
    "value_growth",
]
