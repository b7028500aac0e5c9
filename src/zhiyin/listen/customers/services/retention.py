"""How long what is kept: every app says what it can let go of, and why when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

Count = Callable[[int, dt.datetime], int]
Purge = Callable[[int, dt.datetime, int], int]


@dataclass(frozen=True)
class Retention:
    """One kind of data with the time after which it goes.

    `count(organisation, before)` says how many would go; `purge(organisation, before,
    limit)` lets at most so many go and returns how many did. `least_months` is what
    the law asks to keep; the organisation may choose more, never less.
    """

    code: str
    label: str | Promise
    what_happens: str | Promise
    why: str | Promise
    months: int
    least_months: int
    count: Count
    purge: Purge


_kinds: dict[str, Retention] = {}


def register_retention(kind: Retention) -> None:
    """Add a kind of data to the schedule; a code given again replaces it."""
    _kinds[kind.code] = kind


def retentions() -> list[Retention]:
    """Return the kinds in the order in which their apps stand."""
    return list(_kinds.values())
