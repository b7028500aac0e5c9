"""Questionnaires of every kind of question, made for the tests of their pages."""

from __future__ import annotations

from typing import Any

GAP_LABELS = ["远低于期望", "低于期望", "符合期望", "高于期望", "远高于期望"]


def item(code: str, kind: str, text: str = "", **more: Any) -> dict[str, Any]:
    wording = {"text": text or f"问题{code}", **more.pop("wording", {})}
    return {
        "code": code,
        "kind": kind,
        "texts": {"zh-hans": wording, "en": {**wording, "text": f"Question {code}"}},
        **more,
    }


def options(*codes: str) -> dict[str, Any]:
    return {"options": [[code, f"选项{code}"] for code in codes]}


def fact(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"fact": name, "op": op, "value": value}


NPS = item("nps", "nps", scale=[0, 10], cuts=[6, 9], is_primary=True)
EVERY_KIND = [
    NPS,
    item("hello", "statement", page=2),
    item("sat", "csat", scale=[1, 10], page=2),
    item("ease", "ces", scale=[1, 7], page=2),
    item("met", "gap", scale=[1, 5], wording={"labels": GAP_LABELS}, page=2),
    item("fixed", "yes_no", page=2),
    item(
        "place",
        "choice",
        wording=options("home", "other"),
        settings={"with_text": ["other"]},
        page=2,
    ),
    item(
        "trouble",
        "multiple",
        wording=options("slow", "cut", "none"),
        settings={"exclusive": ["none"], "most": 2},
        page=2,
    ),
    item(
        "parts",
        "matrix",
        scale=[1, 5],
        wording={"rows": [["voice", "通话"], ["data", "上网"]]},
        page=3,
    ),
    item("first", "ranking", wording=options("price", "speed", "care"), page=3),
    item("bill", "number", settings={"least": 0, "most": 999, "decimals": 2}, page=3),
    item("since", "date", settings={"most": "2026-12-31"}, page=3),
    item("words", "text", settings={"most": 20}, page=3),
    item("contact", "consent", page=3),
]
SECOND = {
    "item-sat": "8",
    "item-ease": "6",
    "item-met": "4",
    "item-fixed": "yes",
    "item-place": "other",
    "item-place.other": "电梯里",
    "item-trouble": ["slow", "cut"],
}
THIRD = {
    "item-parts.row.voice": "5",
    "item-parts.row.data": "2",
    "item-first.rank.speed": "1",
    "item-first.rank.price": "2",
    "item-bill": "１28.50",
    "item-since": "2024/3/1",
    "item-words": "信号不好",
    "item-contact": "yes",
    "item-contact.time": "evening",
}
