"""Loyalty and value: how long customers stay, what they are worth, who is at risk."""

from __future__ import annotations

from cxstats.loyalty.cox import CoxColumn, CoxHazards, cox_hazards
from cxstats.loyalty.histories import purchase_summary
from cxstats.loyalty.linkage import Link, Linkage, linkage
from cxstats.loyalty.matrix import LoyaltyCell, LoyaltyMatrix, loyalty_matrix
from cxstats.loyalty.panel import LagEffect, PanelLinkage, panel_linkage
from cxstats.loyalty.profit import GoodProfit, ProfitClass, good_profit
from cxstats.loyalty.purchases import RepeatPurchases, repeat_purchases
from cxstats.loyalty.rfm import Rfm, RfmCell, rfm
from cxstats.loyalty.risk import RevenueAtRisk, RiskRow, revenue_at_risk
from cxstats.loyalty.survival import (
    Survival,
    SurvivalCurve,
    survival,
    survival_from_counts,
)
from cxstats.loyalty.tiers import Tier, ValueTiers, value_tiers

__all__ = [
    "CoxColumn",
    "CoxHazards",
    "GoodProfit",
    "LagEffect",
    "Link",
    "Linkage",
    "LoyaltyCell",
    "LoyaltyMatrix",
    "PanelLinkage",
    "ProfitClass",
    "RepeatPurchases",
    "RevenueAtRisk",
    "Rfm",
    "RfmCell",
    "RiskRow",
    "Survival",
    "SurvivalCurve",
    "Tier",
    "ValueTiers",
    "cox_hazards",
    "good_profit",
    "linkage",
    "loyalty_matrix",
    "panel_linkage",
    "purchase_summary",
    "repeat_purchases",
    "revenue_at_risk",
    "rfm",
    "survival",
    "survival_from_counts",
    "value_tiers",
]
