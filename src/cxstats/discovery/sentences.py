"""Findings in words, in Simplified Chinese, Traditional Chinese and English."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

from cxstats.discovery.conditions import Condition
from cxstats.errors import InputError
from cxstats.estimates import Estimate

__all__ = ["LANGUAGES", "Language", "Words", "words_of"]

Language = Literal["en", "zh-Hans", "zh-Hant"]

LANGUAGES: tuple[Language, ...] = ("en", "zh-Hans", "zh-Hant")
"""Languages in which findings are told."""

_DECIMALS = {"points": 1, "score": 2}


class Words:
    """The sentences of one language for one metric.

    Parameters
    ----------
    texts
        Sentences by name.
    metric, unit
        What was averaged and its unit.
    """

    def __init__(self, texts: dict[str, str], metric: str, unit: str) -> None:
        self._texts = texts
        self.metric = texts[metric]
        self.unit = texts[f"unit_{unit}"]
        self._decimals = _DECIMALS[unit]

    def number(self, value: float) -> str:
        """Write a value in its unit."""
        return f"{round(value, self._decimals) + 0.0:.{self._decimals}f}"

    def say(self, form: str, /, **parts: str) -> str:
        """Fill in a sentence."""
        return self._texts[form].format(
            metric=self.metric,
            metric_start=self.metric[:1].upper() + self.metric[1:],
            unit=self.unit,
            **parts,
        )

    def compared(
        self,
        form: str,
        where: str,
        estimates: tuple[Estimate, Estimate, Estimate],
        **parts: str,
    ) -> str:
        """Fill in a sentence about a group, the others and their difference."""
        value, rest, difference = estimates
        return self.say(
            form,
            where=where,
            value=self.number(value.value),
            rest=self.number(rest.value),
            gap=self.number(abs(difference.value)),
            **self.interval(difference),
            n=f"{value.n:,}",
            **parts,
        )

    def interval(self, difference: Estimate) -> dict[str, str]:
        """Write a difference, its interval and level."""
        return {
            "difference": self.number(difference.value),
            "lower": self.number(difference.lower),
            "upper": self.number(difference.upper),
            "level": f"{100 * difference.level:g}",
        }

    def join(self, items: Sequence[str]) -> str:
        """Write a list of names."""
        return self._texts["list"].join(items)

    def where(self, conditions: Sequence[Condition]) -> str:
        """Write conditions that hold together."""
        return self._texts["and"].join(map(self._condition, conditions))

    def _condition(self, condition: Condition) -> str:
        tests = dict(condition.tests)
        form, low, high = _form(tests)
        return self._texts[form].format(
            column=condition.column,
            value=self._value(tests.get("=")),
            low=self._value(low),
            high=self._value(high),
        )

    def _value(self, value: Any) -> str:
        if isinstance(value, bool):
            return self._texts["yes" if value else "no"]
        return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _form(tests: dict[str, Any]) -> tuple[str, Any, Any]:
    """Choose the words for a condition's tests, and its two ends."""
    low, high = tests.get(">="), tests.get("<=", tests.get("<"))
    named = {"=": "equal", "is null": "missing"}
    for operator, form in named.items():
        if operator in tests:
            return form, None, None
    if low is not None and high is not None:
        return ("within" if "<=" in tests else "from_below"), low, high
    if low is not None:
        return "at_least", low, None
    return ("at_most" if "<=" in tests else "below"), None, high


def words_of(language: str, metric: str, unit: str) -> Words:
    """Return the sentences of a language.

    Raises
    ------
    InputError
        If the language is not one of `LANGUAGES`.
    """
    catalogue = _catalogue()
    known_by = {name.casefold(): name for name in catalogue}
    language = known_by.get(language.casefold(), language)
    if language not in catalogue:
        known = ", ".join(LANGUAGES)
        raise InputError(f"language must be one of {known}; received {language!r}")
    return Words(catalogue[language], metric, unit)


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("sentences.toml").read_text("utf-8")
    return tomllib.loads(text)
