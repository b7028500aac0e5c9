"""What can be said of a customer and an occasion: the closed lists behind codes."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AGE_BANDS",
    "AGE_GROUPS",
    "BRAND",
    "CHANNELS",
    "DRIVERS",
    "LANGUAGES",
    "NETWORKS",
    "PLANS",
    "PRODUCTS",
    "STARS",
    "TERMINALS",
    "TOUCHPOINTS",
    "VALUE_TIERS",
    "YES_NO",
    "Plan",
    "Touchpoint",
    "plan_names",
]

BRAND = "知音通信(演示)"
"""The invented operator; no real company bears this name."""

DRIVERS = ("coverage", "speed", "price", "service", "billing", "broadband")
"""What a customer judges, in the order of every driver matrix."""

PRODUCTS = ("移动", "宽带", "融合")
NETWORKS = ("4G", "5G", "光纤")
STARS = ("未评级", "一星", "二星", "三星", "四星", "五星")
VALUE_TIERS = ("普通", "一般价值", "高价值")
AGE_BANDS = ("18-25", "26-35", "36-45", "46-55", "56-65", "66+")
AGE_GROUPS = ("18-35", "36-55", "56+")
TERMINALS = ("功能机", "入门机", "中端机", "旗舰机")
YES_NO = ("否", "是")
CHANNELS = ("sms", "call", "ivr", "app", "wechat", "chat")
LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True)
class Plan:
    """A plan on sale: monthly fee in yuan and data allowance in gigabytes."""

    name: str
    product: int
    fee: float
    allowance_gb: float
    share: float


PLANS = (
    Plan("轻享29", 0, 29, 8, 0.22),
    Plan("畅享59", 0, 59, 20, 0.28),
    Plan("畅享99", 0, 99, 40, 0.27),
    Plan("尊享159", 0, 159, 80, 0.15),
    Plan("尊享229", 0, 229, 150, 0.08),
    Plan("宽带200M", 1, 50, 0, 0.35),
    Plan("宽带500M", 1, 80, 0, 0.45),
    Plan("千兆宽带", 1, 120, 0, 0.20),
    Plan("全家享129", 2, 129, 40, 0.40),
    Plan("全家享169", 2, 169, 80, 0.38),
    Plan("全家享239", 2, 239, 160, 0.22),
)


def plan_names() -> tuple[str, ...]:
    """List the plan names in the order of their codes."""
    return tuple(plan.name for plan in PLANS)


@dataclass(frozen=True)
class Touchpoint:
    """A place where customers meet the operator and are asked about it.

    ``level`` shifts satisfaction there, in standard deviations; ``response`` is
    the log-odds of answering for a middle-aged customer of middling
    satisfaction; ``pull`` multiplies the channel's effect of satisfaction on
    answering (negative: the dissatisfied answer more).
    """

    code: str
    name: str
    item: str
    focus: str
    channel: str
    fallback: str
    served_by: str | None = None
    extra: str | None = None
    level: float = 0.0
    response: float = -0.8
    pull: float = 1.0


TOUCHPOINTS = (
    Touchpoint(
        "TP_ACTIVATE",
        "入网/开户",
        "NPS_TXN",
        "service",
        "sms",
        "app",
        "hall",
        extra="CES7",
        level=0.25,
    ),
    Touchpoint(
        "TP_PAY", "缴费", "CES7", "billing", "app", "sms", level=0.35, response=-0.6
    ),
    Touchpoint(
        "TP_HALL",
        "营业厅",
        "NPS_TXN",
        "service",
        "sms",
        "wechat",
        "hall",
        extra="CSAT5",
        level=0.2,
    ),
    Touchpoint(
        "TP_HOTLINE",
        "热线",
        "NPS_TXN",
        "service",
        "sms",
        "ivr",
        "hotline",
        extra="FCR",
        level=-0.05,
    ),
    Touchpoint(
        "TP_ONLINECS",
        "在线客服",
        "CSAT5",
        "service",
        "chat",
        "app",
        extra="FCR",
        level=-0.1,
        response=-0.5,
    ),
    Touchpoint(
        "TP_COMPLAINT",
        "投诉处理",
        "NPS_TXN",
        "service",
        "call",
        "sms",
        "hotline",
        extra="CES7",
        level=-0.6,
        response=-1.0,
        pull=-1.5,
    ),
    Touchpoint(
        "TP_BB_INSTALL",
        "宽带装机",
        "NPS_TXN",
        "broadband",
        "sms",
        "ivr",
        "field",
        extra="CSAT5",
        level=0.3,
        response=-0.6,
    ),
    Touchpoint(
        "TP_BB_REPAIR",
        "宽带修障",
        "NPS_TXN",
        "broadband",
        "sms",
        "ivr",
        "field",
        extra="FCR",
        level=-0.3,
        response=-0.6,
    ),
    Touchpoint(
        "TP_DATA_ALERT",
        "流量提醒/超套",
        "CES7",
        "price",
        "sms",
        "app",
        level=-0.3,
        response=-1.2,
    ),
    Touchpoint(
        "TP_PLAN_CHANGE",
        "套餐变更",
        "CES7",
        "price",
        "sms",
        "app",
        extra="CSAT5",
        level=-0.2,
        response=-1.0,
    ),
    Touchpoint(
        "TP_ROAM",
        "国际漫游",
        "NPS_TXN",
        "speed",
        "sms",
        "app",
        level=0.0,
        response=-1.0,
    ),
    Touchpoint(
        "TP_APP",
        "APP关键任务",
        "CES7",
        "service",
        "app",
        "app",
        level=0.15,
        response=-0.7,
    ),
)
"""A dozen touchpoints; codes, names and items follow the touchpoint catalogue."""
