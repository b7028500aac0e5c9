"""Who is going to leave: models judged by customers and times they have not seen.

``cxstats.churn(data, label="left")`` is the analysis. The package is callable itself,
because it and the function have one name.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from cxstats.churn.analysis import churn
from cxstats.churn.evaluation import Kind
from cxstats.churn.reasons import CustomerReasons, Reason
from cxstats.churn.result import ChurnResult, Measured
from cxstats.churn.scoring import ScoredCustomers, StoredModel
from cxstats.churn.stability import SegmentStability

__all__ = [
    "ChurnResult",
    "CustomerReasons",
    "Kind",
    "Measured",
    "Reason",
    "ScoredCustomers",
    "SegmentStability",
    "StoredModel",
    "churn",
]


class _CallablePackage(ModuleType):
    """Lets ``cxstats.churn(...)`` work whether or not the package was imported."""

    def __call__(self, *given: Any, **named: Any) -> ChurnResult:
        """Run the analysis."""
        return churn(*given, **named)


sys.modules[__name__].__class__ = _CallablePackage
