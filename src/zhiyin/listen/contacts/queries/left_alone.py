"""Who is left alone when, and why: entries, flags of customers, and events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zhiyin.common.columns import (
    MICROSECONDS,
    listed_sql,
    moment_sql,
    read_columns,
)
from zhiyin.listen.contacts.models import SuppressionReason
from zhiyin.listen.contacts.queries.fence import fenced_times
from zhiyin.listen.contacts.queries.rules import ALWAYS, NEVER, Floats, Rules
from zhiyin.listen.customers.models import Audience

HOUR = 3_600.0


@dataclass(frozen=True)
class Span:
    """A time in which one customer is not asked; seconds since 1970."""

    starts_at: float
    ends_at: float
    reason: str


def left_alone(
    ids: Sequence[int], customers: Sequence[int], at: Floats, rules: Rules
) -> npt.NDArray[np.str_]:
    """Return for each wish why its customer is left alone then, or "".

    `ids` are the customers who occur; `customers` and `at` have one entry per wish.
    Entries go before flags, and flags before events.
    """
    reasons = np.full(len(customers), "", dtype="U20")
    spans: dict[int, list[Span]] = {}
    for customer, span in _spans(ids, rules):
        spans.setdefault(customer, []).append(span)
    if not spans:
        return reasons
    rows = np.flatnonzero(np.isin(np.asarray(customers), list(spans)))
    for row in rows.tolist():
        moment = float(at[row])
        found = (
            span.reason
            for span in spans[customers[row]]
            if span.starts_at <= moment < span.ends_at
        )
        reasons[row] = next(found, "")
    return reasons


def _spans(ids: Sequence[int], rules: Rules) -> Iterator[tuple[int, Span]]:
    yield from _entries(ids)
    yield from _flags(ids)
    yield from _fenced(ids)
    yield from _events(ids, rules)


def _fenced(ids: Sequence[int]) -> Iterator[tuple[int, Span]]:
    """Yield the times in which a number is being ported."""
    for each in fenced_times(ids):
        yield (
            each.customer_id,
            Span(
                each.starts_at.timestamp(),
                each.ends_at.timestamp(),
                SuppressionReason.NUMBER_PORTABILITY,
            ),
        )


def _entries(ids: Sequence[int]) -> Iterator[tuple[int, Span]]:
    condition, listed = listed_sql("customer_id", ids)
    starts, ends = moment_sql("starts_at"), moment_sql("ends_at")
    columns = read_columns(
        f"select customer_id, {starts}, {ends}, reason"  # noqa: S608
        f" from contacts_suppression where {condition} order by id",
        [listed],
    )
    for customer, first, last, reason in zip(*columns, strict=True):
        end = ALWAYS if last is None else last / MICROSECONDS
        yield customer, Span(first / MICROSECONDS, end, reason)


def _flags(ids: Sequence[int]) -> Iterator[tuple[int, Span]]:
    """Yield numbers of tests, and own staff unless they are asked as employees."""
    condition, listed = listed_sql("id", ids)
    columns = read_columns(
        f"select id, is_test, audience from customers_customer where {condition}"  # noqa: S608
        " and (is_test or is_staff)",
        [listed],
    )
    for customer, is_test, audience in zip(*columns, strict=True):
        if is_test:
            yield customer, Span(NEVER, ALWAYS, SuppressionReason.TEST_NUMBER)
        elif audience != Audience.EMPLOYEE:
            yield customer, Span(NEVER, ALWAYS, SuppressionReason.EMPLOYEE)


def _events(ids: Sequence[int], rules: Rules) -> Iterator[tuple[int, Span]]:
    """Yield what events begin and end, each from when on it was known."""
    kinds = {kind for row in rules.suppressing_events for kind in row[:2] if kind}
    if not kinds:
        return
    condition, listed = listed_sql("customer_id", ids)
    places = ", ".join(["%s"] * len(kinds))
    happened, told = moment_sql("occurred_at"), moment_sql("received_at")
    columns = read_columns(
        f"select customer_id, kind, {happened}, {told}"  # noqa: S608
        f" from customers_customerevent where {condition} and kind in ({places})"
        " order by customer_id, occurred_at, id",
        [listed, *sorted(kinds)],
    )
    by_customer: dict[int, list[tuple[str, float]]] = {}
    for customer, kind, at, known in zip(*columns, strict=True):
        moment = max(at, known) / MICROSECONDS
        by_customer.setdefault(customer, []).append((kind, moment))
    for customer, events in by_customer.items():
        for span in _spans_of(events, rules):
            yield customer, span


def _spans_of(events: list[tuple[str, float]], rules: Rules) -> Iterator[Span]:
    for begins, ends, hours, reason in rules.suppressing_events:
        for place, (kind, start) in enumerate(events):
            if kind == begins:
                last = start + hours * HOUR
                over = (at for name, at in events[place + 1 :] if name == ends)
                yield Span(start, min(last, next(over, last)), reason)


def moment_of(seconds: float) -> dt.datetime | None:
    """Return a moment; None for what never or always was."""
    is_known = NEVER < seconds < ALWAYS
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if is_known else None
