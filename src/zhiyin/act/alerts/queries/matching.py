"""Which rules an answer matches."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cxstats.text.reading import fold
from zhiyin.act.alerts.models import AlertRule
from zhiyin.act.alerts.queries.facts import Facts
from zhiyin.common.conditions import facts_named, holds


def facts_wanted(rules: Iterable[AlertRule]) -> set[str]:
    """Return the facts that any of these rules looks at."""
    return {name for rule in rules for name in facts_named(rule.condition)}


@lru_cache(maxsize=1000)
def _folded(word: str) -> str:
    return fold(word).strip()


def says_one_of(comment: str, words: Iterable[str]) -> bool:
    """Tell whether a comment has one of the words, in whichever script or width."""
    folded = fold(comment)
    return any(_folded(word) in folded for word in words if word.strip())


def matches(rule: AlertRule, facts: Facts) -> bool:
    """Tell whether a rule's condition holds, and one of its words was said."""
    if not holds(rule.condition, facts):
        return False
    return not rule.words or says_one_of(str(facts.get("comment") or ""), rule.words)
