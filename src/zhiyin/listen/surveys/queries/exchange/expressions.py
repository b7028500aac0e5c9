"""LimeSurvey's relevance equations, as far as conditions can say the same.

Understood: comparisons of a question with a value, `is_empty`, `!`, `and`, `or`,
brackets. Arithmetic, functions and comparisons of two questions are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

Condition = dict[str, Any]
_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"[^\"]*\"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<op>==|!=|>=|<=|>|<|&&|\|\||!|\(|\))|(?P<name>[A-Za-z0-9_]+(?:\.[A-Za-z]+)*))",
)
_WORDS = {
    "and": "&&",
    "or": "||",
    "eq": "==",
    "ne": "!=",
    "ge": ">=",
    "gt": ">",
    "le": "<=",
    "lt": "<",
}
_MIRRORED = {"==": "==", "!=": "!=", ">=": "<=", "<=": ">=", ">": "<", "<": ">"}
_EMPTY = {"is_empty", "empty"}
DEEPEST = 24
LONGEST = 4000

# Given a variable's name, return (fact, how to read a value, is a tick of a choice).
Resolve = Callable[[str], "tuple[str, Callable[[str], Any], str] | None"]


class NotMappableError(ValueError):
    """An equation says more than a condition can."""


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.end() == at:
            raise NotMappableError(text[at : at + 20])
        kind, value = str(match.lastgroup), str(match.group(str(match.lastgroup)))
        if kind == "name" and value.lower() in _WORDS:
            kind, value = "op", _WORDS[value.lower()]
        tokens.append((kind, value))
        at = match.end()
    return tokens


class _Parser:
    def __init__(self, text: str, resolve: Resolve) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.resolve = resolve

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, value: str = "") -> tuple[str, str]:
        token = self.peek()
        if token[0] == "end" or (value and token != ("op", value)):
            raise NotMappableError(token[1] or "…")
        self.at += 1
        return token

    def joined(self, op: str, name: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self.peek() == ("op", op):
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else {name: parts}

    def either(self) -> Condition:
        return self.joined("||", "any", self.both)

    def both(self) -> Condition:
        return self.joined("&&", "all", self.one)

    def one(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotMappableError("(")
        try:
            if self.peek() == ("op", "!"):
                self.take()
                return {"not": self.one()}
            if self.peek() == ("op", "("):
                self.take("(")
                inner = self.either()
                self.take(")")
                return inner
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> Condition:
        left = self.take()
        if left[0] == "name" and left[1] in _EMPTY:
            self.take("(")
            fact, _read, tick = self.variable(self.take())
            self.take(")")
            return _empty(fact, tick)
        if self.peek()[1] not in _MIRRORED:
            raise NotMappableError(left[1])
        op, right = self.take()[1], self.take()
        if left[0] != "name":
            left, op, right = right, _MIRRORED[op], left
        if right[0] == "name":
            raise NotMappableError(right[1])
        fact, read, tick = self.variable(left)
        return _compared(fact, op, right[1].strip("\"'"), read, tick)

    def variable(
        self,
        token: tuple[str, str],
    ) -> tuple[str, Callable[[str], Any], str]:
        known = self.resolve(token[1]) if token[0] == "name" else None
        if known is None:
            raise NotMappableError(token[1])
        return known


def _empty(fact: str, tick: str) -> Condition:
    if tick:
        return {"fact": fact, "op": "not_contains", "value": tick}
    return {"fact": fact, "op": "unknown"}


def _compared(
    fact: str,
    op: str,
    value: str,
    read: Callable[[str], Any],
    tick: str,
) -> Condition:
    if tick:
        ticked = (op == "==") == (value == "Y")
        if op not in {"==", "!="} or value not in {"Y", "", "N"}:
            raise NotMappableError(value)
        return {
            "fact": fact,
            "op": "contains" if ticked else "not_contains",
            "value": tick,
        }
    if value == "":
        if op not in {"==", "!="}:
            raise NotMappableError(op)
        return {"fact": fact, "op": "unknown" if op == "==" else "known"}
    wanted = read(value)
    if op in {"==", "!="}:
        return {"fact": fact, "op": "is" if op == "==" else "is_not", "value": wanted}
    return _ordered(fact, op, wanted)


def _ordered(fact: str, op: str, wanted: Any) -> Condition:
    try:
        number = float(wanted)
    except (TypeError, ValueError) as error:
        raise NotMappableError(str(wanted)) from error
    if not math.isfinite(number):
        raise NotMappableError(str(wanted))
    plain = int(number) if number.is_integer() else number
    name = "at_least" if op.startswith(">") else "at_most"
    bound: Condition = {"fact": fact, "op": name, "value": plain}
    if op.endswith("="):
        return bound
    return {"all": [bound, {"fact": fact, "op": "is_not", "value": plain}]}


def condition_of(equation: str, resolve: Resolve) -> Mapping[str, Any]:
    """Return the condition that says what an equation says.

    `{}` stands for an equation that is always true. Raises NotMappableError.
    """
    text = equation.strip()
    if text in {"", "1"}:
        return {}
    if len(text) > LONGEST:
        raise NotMappableError(text[:20])
    while text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    parser = _Parser(text, resolve)
    condition = parser.either()
    if parser.peek()[0] != "end":
        raise NotMappableError(parser.peek()[1])
    return condition
