"""Rows made to be difficult: NULLs, ties, Chinese, quotes, negatives, zero, NaN."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

LONG = (
    "请问您在最近一次办理业务时对营业厅工作人"
    "员的服务态度以及业务办理效率的总体满意程度如何"
)

REGION = " 区域 "
SCORE = "满意度 评分"

_POOLS: dict[str, list[Any]] = {
    REGION: ["华东", "华南", "O'Brien\"`\\", "", None],
    "channel": ["app", "营业厅", "sms", None],
    SCORE: [*range(11), None, -1, 98, 9, 9, 10],
    "raw": ["9", "10", "0", " 7 ", "-1", "98", "不知道", "", None, "1e1", "9\n", "x1"],
    "weight": [1.0, 0.5, 2.25, 0.0, -3.0, None, float("nan"), float("inf"), 1e-3],
    "w_text": ["1.5", "0.25", "-2", "n/a", "", None, " 2 "],
    "arpu": [0.0, -12.5, 88.8, 88.8, 199.0, 1e6, None, float("nan"), float("-inf")],
    "tenure": [0, 1, 6, 12, 12, 36, -1, None],
    "member": [True, False, None],
    "price": [Decimal("0.00"), Decimal("-1.25"), Decimal("99.99"), None],
    "stratum": ["甲", "乙", None],
    "cluster": [1, 2, 3, 4, None],
    "comment": [
        "信号很慢，客服很好",
        'O\'Neill said "ok"',
        "100%_done\\now",
        "网速慢😀",
        "   ",
        "",
        None,
    ],
    LONG: ["很好", "一般", None],
    "A": [1, 2],
    "a": [10, 20, None],
}
_START = datetime(2026, 3, 27, 15, 59, 59, 500_000, tzinfo=UTC).replace(tzinfo=None)


def answers(count: int = 400, seed: int = 7) -> pa.Table:
    """Give answers, each with an id that is unique."""
    chance = random.Random(seed)  # noqa: S311 - test rows, not secrets
    columns: dict[str, list[Any]] = {"id": list(range(count))}
    for name, pool in _POOLS.items():
        columns[name] = [chance.choice(pool) for _ in range(count)]
    columns["at"] = [_moment(chance) for _ in range(count)]
    columns["day"] = [
        None if chance.random() < 0.1 else date(2026, 1, 1) + timedelta(at % 40)
        for at in range(count)
    ]
    columns["customer"] = [
        None if chance.random() < 0.1 else f"客户{chance.randrange(count // 4)}"
        for _ in range(count)
    ]
    columns["customer_no"] = [chance.choice([None, *range(60)]) for _ in range(count)]
    schema = pa.schema([(name, _type(name)) for name in columns])
    return pa.table(columns, schema=schema)


def customers() -> pa.Table:
    """Give operational rows: some keys twice, some NULL, some without answers."""
    numbers = [*range(0, 80, 2), 4, 4, 6, None, None]
    return pa.table(
        {
            "no": pa.array(numbers, pa.int32()),
            "no_text": pa.array([None if n is None else str(n) for n in numbers]),
            "套餐": pa.array([f"套餐{at % 3}" for at in range(len(numbers))]),
            "arpu": pa.array([float(at * 10 - 50) for at in range(len(numbers))]),
        }
    )


def _moment(chance: random.Random) -> datetime | None:
    draw = chance.random()
    if draw < 0.08:
        return None
    if draw < 0.12:
        return datetime(1969, 12, 31, 20, 30, 0, 123_456)  # noqa: DTZ001 - stored naive
    hours = chance.randrange(0, 24 * 6)
    return _START + timedelta(hours=hours, microseconds=chance.randrange(2) * 500_000)


def _type(name: str) -> pa.DataType:
    return {
        "id": pa.int64(),
        SCORE: pa.int16(),
        "weight": pa.float64(),
        "arpu": pa.float64(),
        "tenure": pa.int32(),
        "member": pa.bool_(),
        "price": pa.decimal128(10, 2),
        "cluster": pa.uint8(),
        "A": pa.int64(),
        "a": pa.int64(),
        "at": pa.timestamp("us"),
        "day": pa.date32(),
        "customer_no": pa.int32(),
    }.get(name, pa.string())
