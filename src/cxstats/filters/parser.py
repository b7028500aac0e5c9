"""Reader of the filter grammar: a tokeniser and a recursive descent.

::

    any      := all ("or" all)*
    all      := one ("and" one)*
    one      := "not" one | "(" any ")" | column test
    test     := op value | "is" ["not"] "null"
              | ["not"] ( "in" "(" value ("," value)* ")"
                        | "between" value "and" value
                        | "contains" text | "like" text )
    op       := "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">="
    column   := bare | "quoted" | `quoted`
    value    := 'text' | number | true | false
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxstats.errors import FilterError
from cxstats.filters.tree import (
    And,
    Between,
    Compare,
    Contains,
    Filter,
    In,
    IsNull,
    Like,
    Literal,
    Not,
    Or,
)

__all__ = ["parse_filter"]

_LONGEST = 20_000
_DEEPEST = 60

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+"|`(?:[^`]|``)+`)
      | (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w))
      | (?P<op><>|<=|>=|!=|==|=|<|>)
      | (?P<mark>[(),])
      | (?P<word>\w+)
    )""",
    re.VERBOSE,
)

_SAME_OPERATOR = {"==": "=", "<>": "!="}
_KEYWORDS = frozenset(
    {"and", "or", "not", "in", "is", "null", "between", "contains", "like"}
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def parse_filter(text: str) -> Filter:
    """Read a filter expression.

    Parameters
    ----------
    text
        For example ``region = '华东' and not (score in (98, 99) or score is null)``.
        Columns stand bare or in double quotes or back-ticks, texts in single
        quotes (a quote inside is doubled). Keywords in any letter case.

    Returns
    -------
    Filter
        The expression tree; values keep their type, so ``'9'`` is not ``9``.

    Raises
    ------
    FilterError
        Where the text cannot be read: the message names the place.

    Examples
    --------
    >>> parse_filter("region = '华东' and score >= 3").columns()
    ('region', 'score')
    """
    if len(text) > _LONGEST:
        raise FilterError(
            f"the filter has {len(text)} characters; the limit is {_LONGEST}"
        )
    parser = _Parser(text)
    tree = parser.any_of(0)
    parser.expect_end()
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.next = 0

    def any_of(self, depth: int) -> Filter:
        items = [self.all_of(depth)]
        while self.take_word("or"):
            items.append(self.all_of(depth))
        return items[0] if len(items) == 1 else Or(tuple(items))

    def all_of(self, depth: int) -> Filter:
        items = [self.one(depth)]
        while self.take_word("and"):
            items.append(self.one(depth))
        return items[0] if len(items) == 1 else And(tuple(items))

    def one(self, depth: int) -> Filter:
        if depth > _DEEPEST:
            raise FilterError(f"the filter is nested more than {_DEEPEST} deep")
        if self.take_word("not"):
            return Not(self.one(depth + 1))
        if self.take("mark", "("):
            inner = self.any_of(depth + 1)
            self.require("mark", ")")
            return inner
        return self.test(self.column())

    def test(self, column: str) -> Filter:
        token = self.peek()
        if token.kind == "op":
            self.next += 1
            operator = _SAME_OPERATOR.get(token.text, token.text)
            return Compare(column, operator, self.value())
        if self.take_word("is"):
            negated = self.take_word("not")
            if not self.take_word("null"):
                raise self.error("expected null after is")
            return Not(IsNull(column)) if negated else IsNull(column)
        negated = self.take_word("not")
        found = self.set_test(column)
        return Not(found) if negated else found

    def set_test(self, column: str) -> Filter:
        if self.take_word("in"):
            return In(column, self.values())
        if self.take_word("between"):
            low = self.value()
            if not self.take_word("and"):
                raise self.error("expected and between the two bounds")
            return Between(column, low, self.value())
        if self.take_word("contains"):
            return Contains(column, self.text_value())
        if self.take_word("like"):
            return Like(column, self.text_value())
        raise self.error(
            f"expected a comparison after column {column!r} "
            "(= != < <= > >= in, is null, between, contains, like)"
        )

    def column(self) -> str:
        token = self.peek()
        if token.kind == "quoted":
            self.next += 1
            mark = token.text[0]
            return token.text[1:-1].replace(mark * 2, mark)
        if token.kind == "word" and token.text.lower() not in _KEYWORDS:
            self.next += 1
            return token.text
        raise self.error("expected the name of a column")

    def values(self) -> tuple[Literal, ...]:
        self.require("mark", "(")
        found = [self.value()]
        while self.take("mark", ","):
            found.append(self.value())
        self.require("mark", ")")
        return tuple(found)

    def text_value(self) -> str:
        value = self.value()
        if not isinstance(value, str):
            raise self.error("expected a text in single quotes")
        return value

    def value(self) -> Literal:
        token = self.peek()
        if token.kind == "text":
            self.next += 1
            return token.text[1:-1].replace("''", "'")
        if token.kind == "number":
            self.next += 1
            return _number(token.text)
        if token.kind == "word" and token.text.lower() in {"true", "false"}:
            self.next += 1
            return token.text.lower() == "true"
        raise self.error("expected a number, true, false or a text in single quotes")

    def peek(self) -> _Token:
        return self.tokens[self.next]

    def take(self, kind: str, text: str) -> bool:
        token = self.peek()
        if token.kind != kind or token.text != text:
            return False
        self.next += 1
        return True

    def take_word(self, word: str) -> bool:
        token = self.peek()
        if token.kind != "word" or token.text.lower() != word:
            return False
        self.next += 1
        return True

    def require(self, kind: str, text: str) -> None:
        if not self.take(kind, text):
            raise self.error(f"expected {text}")

    def expect_end(self) -> None:
        if self.peek().kind != "end":
            raise self.error("expected and, or, or the end")

    def error(self, expected: str) -> FilterError:
        token = self.peek()
        found = "the end" if token.kind == "end" else repr(token.text)
        return FilterError(
            f"cannot read the filter at character {token.at + 1}: {expected}, "
            f"found {found} in {self.text!r}"
        )


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise FilterError(
                f"cannot read the filter at character {start + 1}: "
                f"{text[start : start + 12]!r} in {text!r}; texts stand in single "
                "quotes, columns bare, in double quotes or in back-ticks"
            )
        kind = match.lastgroup
        found.append(_Token(kind, match.group(kind), match.start(kind)))
        at = match.end()
    return [*found, _Token("end", "", end)]


def _number(text: str) -> int | float:
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    return float(text)
