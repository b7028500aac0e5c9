"""A condition as rows of a form: fact, way to compare, value, joined by all or any.

The rows show what is flat; what is nested is edited as JSON. A page includes
`components/condition.html` with a builder and reads it back with `read`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.common.conditions import OPS, check, sentence

OP_LABELS: dict[str, str | Promise] = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "one_of": gettext_lazy("is one of"),
    "not_one_of": gettext_lazy("is none of"),
    "at_least": gettext_lazy("is at least"),
    "at_most": gettext_lazy("is at most"),
    "contains": gettext_lazy("contains"),
    "not_contains": gettext_lazy("does not contain"),
    "known": gettext_lazy("is known"),
    "unknown": gettext_lazy("is not known"),
}
LISTED = ("one_of", "not_one_of")
ORDERED = ("at_least", "at_most")
WITHOUT_VALUE = ("known", "unknown")
MOST_ROWS = 20
_SEPARATORS = re.compile(r"[,，、;；\n]+")


@dataclass(frozen=True)
class Fact:
    """A fact a condition may look at, with the values it is known to have."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...] = ()


def labels_of(facts: Sequence[Fact]) -> dict[str, str]:
    """Return the names of facts and of their values, as `sentence` wants them."""
    labels = {fact.name: fact.label for fact in facts}
    for fact in facts:
        labels.update({f"{fact.name}={value}": text for value, text in fact.values})
    return labels


def _rows_of(condition: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]] | None:
    """Return how a flat condition is joined, and its rows; None for a nested one."""
    if not condition:
        return "all", []
    if "fact" in condition:
        return "all", [dict(condition)]
    for join in ("all", "any"):
        parts = condition.get(join)
        if parts is not None and all("fact" in part for part in parts):
            return join, [dict(part) for part in parts]
    return None


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _value(op: str, text: str) -> Any:
    if op in LISTED:
        return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
    if op in ORDERED:
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if number.is_integer() else number
    return text


class ConditionBuilder:
    """The rows of one condition, shown from what is kept or read from what was sent."""

    def __init__(
        self,
        *,
        prefix: str,
        facts: Sequence[Fact],
        condition: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.prefix = prefix
        self.facts = facts
        self.kept = condition or {}
        self.errors: list[str] = []
        self.sent = data if data is not None and f"{prefix}-join" in data else None
        flat = _rows_of(self.kept)
        self.mode = "rows" if flat else "json"
        self.join, self.rows = flat or ("all", [])
        self.text = json.dumps(self.kept, ensure_ascii=False, indent=1)
        if self.sent is not None:
            self._take(self.sent)

    def _take(self, sent: Mapping[str, Any]) -> None:
        self.mode = "json" if sent.get(f"{self.prefix}-mode") == "json" else "rows"
        self.join = "any" if sent.get(f"{self.prefix}-join") == "any" else "all"
        self.text = sent.get(f"{self.prefix}-json", self.text)
        self.rows = []
        for index in range(MOST_ROWS):
            name = sent.get(f"{self.prefix}-{index}-fact", "")
            op = sent.get(f"{self.prefix}-{index}-op", "is")
            text = str(sent.get(f"{self.prefix}-{index}-value", "")).strip()
            if name:
                self.rows.append({"fact": name, "op": op, "value": _value(op, text)})

    def read(self) -> dict[str, Any]:
        """Return the condition as sent, or as kept; `errors` says what is wrong."""
        if self.sent is None:
            return dict(self.kept)
        condition = self._parsed() if self.mode == "json" else self._joined()
        names = {fact.name for fact in self.facts}
        if not self.errors:
            self.errors = check(condition, names)
        return condition

    def _parsed(self) -> dict[str, Any]:
        try:
            parsed = json.loads(self.text or "{}")
        except ValueError as error:
            self.errors = [_("This is no JSON: %s") % error]
            return {}
        if not isinstance(parsed, dict):
            self.errors = check(parsed)
            return {}
        return parsed

    def _joined(self) -> dict[str, Any]:
        rows = [
            {key: row[key] for key in ("fact", "op", "value")}
            if row["op"] not in WITHOUT_VALUE
            else {key: row[key] for key in ("fact", "op")}
            for row in self.rows
        ]
        if not rows:
            return {}
        return rows[0] if len(rows) == 1 else {self.join: rows}

    @property
    def shown_rows(self) -> list[dict[str, Any]]:
        """Return the rows as the page shows them, and an empty one to fill."""
        filled = [
            {
                "index": index,
                "fact": row.get("fact", ""),
                "op": row.get("op", ""),
                "value": _shown(row.get("value")),
            }
            for index, row in enumerate(self.rows)
        ]
        empty = {"index": len(filled), "fact": "", "op": "is", "value": ""}
        return [*filled, empty]

    @property
    def ops(self) -> list[tuple[str, str]]:
        """Return the ways to compare, in words."""
        return [(op, str(OP_LABELS[op])) for op in OPS]

    @property
    def sentence(self) -> str:
        """Return the kept condition as a phrase."""
        return sentence(self.kept, labels_of(self.facts))
