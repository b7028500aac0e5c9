"""Drivers: which experiences explain an outcome, and what each costs or brings.

Everything starts from second moments or from cells of equal rows, collected by the
engine; nothing reads rows one by one.
"""

from __future__ import annotations

from cxstats.drivers.cells import DriverCells
from cxstats.drivers.contributions import (
    Contributions,
    GroupContributions,
    driver_contributions,
)
from cxstats.drivers.importance import relative_weights
from cxstats.drivers.importance_performance import (
    ImportancePerformance,
    PlacedDriver,
    importance_performance,
)
from cxstats.drivers.key_drivers import Driver, KeyDrivers, key_drivers
from cxstats.drivers.moments import SecondMoments
from cxstats.drivers.notices import DriverNotice
from cxstats.drivers.penalty_reward import (
    ContrastDriver,
    PenaltyReward,
    penalty_reward,
)
from cxstats.drivers.sweep import lmg_shares
from cxstats.drivers.topics import Topic, TopicImpact, topic_impact

__all__ = [
    "ContrastDriver",
    "Contributions",
    "Driver",
    "DriverCells",
    "DriverNotice",
    "GroupContributions",
    "ImportancePerformance",
    "KeyDrivers",
    "PenaltyReward",
    "PlacedDriver",
    "SecondMoments",
    "Topic",
    "TopicImpact",
    "driver_contributions",
    "importance_performance",
    "key_drivers",
    "lmg_shares",
    "penalty_reward",
    "relative_weights",
    "topic_impact",
]
