"""Loyalty and value: how long customers stay, what they are worth, who is at risk."""

from __future__ import annotations

from cxstats.loyalty.survival import (
    Survival,
    SurvivalCurve,
    survival,
    survival_from_counts,
)

__all__ = ["Survival", "SurvivalCurve", "survival", "survival_from_counts"]
