"""Who does not want to be asked: an opt-out, or a line of the consent ledger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.common.columns import (
    MICROSECONDS,
    listed_sql,
    moment_sql,
    read_columns,
)
from zhiyin.listen.contacts.queries.rules import Flags, Floats
from zhiyin.listen.customers.models import ConsentState, Purpose


def opted_out(
    ids: Sequence[int],
    customers: Sequence[int],
    at: Floats,
    channels: npt.NDArray[np.str_],
) -> Flags:
    """Tell of each wish whether its customer had said no by then.

    `ids` are the customers who occur; the others have one entry per wish. Of the lines
    of the ledger that speak of the wish's channel or of all, the newest holds.
    """
    moments = _opt_outs(ids)
    lines = _lines(ids)
    concerned = np.isin(np.asarray(customers), [*moments, *lines])
    refused = np.zeros(len(customers), dtype=bool)
    for row in np.flatnonzero(concerned).tolist():
        customer, moment = customers[row], float(at[row])
        refused[row] = moments.get(customer, np.inf) <= moment or _has_refused(
            lines.get(customer, ()), str(channels[row]), moment
        )
    return refused


def _opt_outs(ids: Sequence[int]) -> dict[int, float]:
    condition, listed = listed_sql("id", ids)
    columns = read_columns(
        f"select id, {moment_sql('opted_out_at')} from customers_customer"  # noqa: S608
        f" where {condition} and opted_out_at is not null",
        [listed],
    )
    return {pk: at / MICROSECONDS for pk, at in zip(*columns, strict=True)}


def _lines(ids: Sequence[int]) -> dict[int, list[tuple[str, str, float]]]:
    condition, listed = listed_sql("customer_id", ids)
    columns = read_columns(
        f"select customer_id, channel, state, {moment_sql('recorded_at')}"  # noqa: S608
        f" from customers_consententry where {condition} and purpose = %s"
        " order by recorded_at, id",
        [listed, Purpose.SURVEY],
    )
    found: dict[int, list[tuple[str, str, float]]] = {}
    for customer, channel, state, at in zip(*columns, strict=True):
        found.setdefault(customer, []).append((channel, state, at / MICROSECONDS))
    return found


def _has_refused(
    lines: Sequence[tuple[str, str, float]], channel: str, moment: float
) -> bool:
    said = [
        state for about, state, at in lines if about in {"", channel} and at <= moment
    ]
    return bool(said) and said[-1] != ConsentState.GRANTED
