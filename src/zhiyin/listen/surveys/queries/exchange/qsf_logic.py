"""Qualtrics' display and skip logic, as far as conditions can say the same."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from zhiyin.listen.surveys.queries.exchange.expressions import NotMappableError

Condition = dict[str, Any]
_LOCATOR = re.compile(
    r"^q://(?P<question>QID\w+)/(?P<what>[A-Za-z]+)(?:/(?P<choice>[\w-]+))?"
    r"(?:/(?P<column>[\w-]+))?",
)
_NUMBERED = re.compile(r"^\d+$")
_OPS = {
    "EqualTo": "is",
    "NotEqualTo": "is_not",
    "GreaterThanOrEqual": "at_least",
    "LessThanOrEqual": "at_most",
    "Contains": "contains",
    "DoesNotContain": "not_contains",
    "Empty": "unknown",
    "NotEmpty": "known",
}
_STRICT = {"GreaterThan": "at_least", "LessThan": "at_most"}
_PLAIN_VALUES = {
    "ChoiceTextEntryValue",
    "ChoiceNumericEntryValue",
    "SelectedAnswerRecode",
}


class Known:
    """What conditions may name: our codes and values by Qualtrics' ids."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.values: dict[str, dict[str, Any]] = {}

    def add(self, qid: str, code: str, kind: str, values: dict[str, Any]) -> None:
        """Make a question known."""
        self.codes[qid], self.kinds[qid], self.values[qid] = code, kind, values


def _numbered(given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in sorted((k for k in given if _NUMBERED.match(str(k))), key=int):
        if isinstance(given[key], Mapping):
            yield given[key]


def _value(text: Any) -> Any:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return str(text)
    if not math.isfinite(number):
        return str(text)
    return int(number) if number.is_integer() else number


def _selected(locator: re.Match[str], op: str, known: Known) -> Condition:
    qid, choice = locator["question"], locator["choice"] or ""
    if known.kinds[qid] == "matrix":
        column = locator["column"]
        values = known.values[qid]
        if column is None or column not in values:
            raise NotMappableError(locator.group(0))
        fact, value = f"answer.{known.codes[qid]}.{choice}", values[column]
    else:
        if choice not in known.values[qid]:
            raise NotMappableError(locator.group(0))
        fact, value = f"answer.{known.codes[qid]}", known.values[qid][choice]
    many = known.kinds[qid] in {"multiple", "ranking"}
    names = ("contains", "not_contains") if many else ("is", "is_not")
    return {"fact": fact, "op": names[op == "NotSelected"], "value": value}


def _compared(fact: str, expression: Mapping[str, Any]) -> Condition:
    op, right = str(expression.get("Operator")), expression.get("RightOperand")
    if op in {"Empty", "NotEmpty"}:
        return {"fact": fact, "op": _OPS[op]}
    if right is None or str(right) == "":
        raise NotMappableError(op)
    value = _value(right)
    if op in _OPS:
        if op.startswith(("Greater", "Less")) and isinstance(value, str):
            raise NotMappableError(op)
        return {"fact": fact, "op": _OPS[op], "value": value}
    if op in _STRICT and not isinstance(value, str):
        bound = {"fact": fact, "op": _STRICT[op], "value": value}
        return {"all": [bound, {"fact": fact, "op": "is_not", "value": value}]}
    raise NotMappableError(op)


def _expression(expression: Mapping[str, Any], known: Known) -> Condition:
    kind = expression.get("LogicType")
    left = str(expression.get("LeftOperand") or expression.get("ChoiceLocator") or "")
    if kind == "EmbeddedField":
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", left)
        if not name:
            raise NotMappableError("EmbeddedField")
        return _compared(f"field.{name}", expression)
    locator = _LOCATOR.match(left)
    if kind != "Question" or locator is None or locator["question"] not in known.codes:
        raise NotMappableError(left or str(kind))
    op = str(expression.get("Operator"))
    if op in {"Selected", "NotSelected"}:
        return _selected(locator, op, known)
    if locator["what"] not in _PLAIN_VALUES:
        raise NotMappableError(left)
    return _compared(f"answer.{known.codes[locator['question']]}", expression)


def _joined(parts: list[tuple[str, Condition]]) -> Condition:
    """Join conditions as they are read: "and" binds tighter than "or"."""
    groups: list[list[Condition]] = []
    for word, condition in parts:
        if groups and word != "or":
            groups[-1].append(condition)
        else:
            groups.append([condition])
    every = [group[0] if len(group) == 1 else {"all": group} for group in groups]
    return every[0] if len(every) == 1 else {"any": every}


def _word(given: Mapping[str, Any]) -> str:
    # Their files spell the key both ways.
    said = given.get("Conjuction") or given.get("Conjunction") or given.get("Type", "")
    return "or" if str(said).lower().startswith("or") else "and"


def condition_of_logic(logic: Mapping[str, Any], known: Known) -> Condition:
    """Return display logic as a condition; raises NotMappableError."""
    sets: list[tuple[str, Condition]] = []
    for group in _numbered(logic):
        parts = [(_word(each), _expression(each, known)) for each in _numbered(group)]
        if parts:
            sets.append((_word(group), _joined(parts)))
    if not sets:
        raise NotMappableError("BooleanExpression")
    return _joined(sets)


def skips_of(rows: Any, known: Known) -> list[dict[str, Any]]:
    """Return skip logic as our skips; raises NotMappableError."""
    skips = []
    for row in rows if isinstance(rows, list) else []:
        target = str(row.get("SkipToDestination", ""))
        if target != "ENDOFSURVEY" and target not in known.codes:
            raise NotMappableError(target)
        locator = row.get("Locator") or row.get("ChoiceLocator")
        condition = _expression(
            {
                "LogicType": "Question",
                "LeftOperand": locator,
                "Operator": row.get("Condition"),
                "RightOperand": row.get("RightOperand"),
            },
            known,
        )
        to = "end" if target == "ENDOFSURVEY" else known.codes[target]
        skips.append({"if": condition, "to": to})
    return skips
