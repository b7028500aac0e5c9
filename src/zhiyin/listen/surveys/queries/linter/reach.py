"""Whether a question can ever be seen: conditions are tried on every answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from zhiyin.common.conditions import facts_named, holds
from zhiyin.listen.surveys.queries.definitions import option_codes

CLASSES = ("promoter", "passive", "detractor")
# Beyond this many combinations a condition is taken to be satisfiable.
MOST_TRIED = 5000


def _values(item: Mapping[str, Any]) -> list[Any]:
    """Return what may be answered, as far as a condition can tell it apart."""
    kind = item["kind"]
    if item.get("scale"):
        low, high = item["scale"]
        return [None, *range(low, high + 1)]
    if kind in {"yes_no", "consent"}:
        return [None, "yes", "no"]
    codes = option_codes(item)
    if kind == "choice":
        return [None, *codes]
    if kind in {"multiple", "ranking"}:
        return [None, *([code] for code in codes), codes]
    return []


def _mentioned(condition: Mapping[str, Any], fact: str) -> Iterator[Any]:
    """Yield the values a condition compares a fact with, and their neighbours."""
    if condition.get("fact") == fact:
        value = condition.get("value")
        for each in value if isinstance(value, list) else [value]:
            yield each
            if isinstance(each, int | float):
                yield from (each - 1, each + 1)
    inner = [*condition.get("all", ()), *condition.get("any", ())]
    for part in [*inner, condition.get("not") or {}]:
        if part:
            yield from _mentioned(part, fact)


def _class_of(item: Mapping[str, Any], score: Any) -> str | None:
    if score is None or not item.get("cuts"):
        return None
    detractor_max, promoter_min = item["cuts"]
    if score <= detractor_max:
        return "detractor"
    return "promoter" if score >= promoter_min else "passive"


def _candidates(
    fact: str,
    condition: Mapping[str, Any],
    items: Mapping[str, Mapping[str, Any]],
) -> list[Any]:
    item = items.get(fact.removeprefix("answer.").partition(".")[0])
    if fact.startswith("answer.") and item is not None:
        known = _values(item)
        if known:
            return known
    return [None, *dict.fromkeys(map(_hashable, _mentioned(condition, fact))), "…"]


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)


def is_satisfiable(
    condition: Mapping[str, Any],
    items: Mapping[str, Mapping[str, Any]],
    *,
    asked_of: str = "",
) -> bool:
    """Tell whether some answers let a condition hold.

    `items` are the questions by code; `asked_of` is the class an item is kept to.
    """
    main = next((each for each in items.values() if each.get("is_primary")), None)
    names = sorted(facts_named(condition) - {"class"})
    tried = [_candidates(name, condition, items) for name in names]
    count = 1
    for values in tried:
        count *= len(values)
    if count > MOST_TRIED:
        return True
    for chosen in product(*tried):
        facts = dict(zip(names, chosen, strict=True))
        for given in _classes(main, facts):
            if asked_of in {"", given} and holds(condition, {**facts, "class": given}):
                return True
    return False


def _classes(
    main: Mapping[str, Any] | None,
    facts: Mapping[str, Any],
) -> tuple[str | None, ...]:
    """Return the classes that go with these answers: one if the score is among them."""
    name = f"answer.{main['code']}" if main else ""
    if main is None or name not in facts:
        return (*CLASSES, None)
    return (_class_of(main, facts[name]),)
