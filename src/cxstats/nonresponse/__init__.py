"""Non-response: what those who did not answer may think, and what that would change."""

from __future__ import annotations

from cxstats.nonresponse.adjust import adjust_nonresponse
from cxstats.nonresponse.adjusting import Shift
from cxstats.nonresponse.result import FeatureClass, Nonresponse, Tipping

__all__ = [
    "FeatureClass",
    "Nonresponse",
    "Shift",
    "Tipping",
    "adjust_nonresponse",
]
