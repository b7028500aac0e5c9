"""Growth by referral from invitations per customer and their conversion."""

from __future__ import annotations

import math

from cxstats.errors import InputError

__all__ = ["viral_customers", "viral_limit"]


def viral_customers(start: float, *, k: float, days: float, cycle_days: float) -> float:
    """Return the customers after some days of referrals.

    Parameters
    ----------
    start
        Customers at the beginning, N0.
    k
        New customers that each customer brings, once: invitations x conversion.
    days
        Days since the beginning.
    cycle_days
        Days from joining to the referral's joining.

    Returns
    -------
    float
        ``N0 (k^(t / c + 1) - 1) / (k - 1)``: an identity, not a forecast. Markets run
        out, k falls, and people refer themselves: measure referral by a holdout.

    Raises
    ------
    InputError
        If a number is negative or the cycle is not above 0.

    Examples
    --------
    >>> [viral_customers(10, k=2, days=d, cycle_days=2) for d in (0, 2, 10, 20)]
    [10.0, 30.0, 630.0, 20470.0]
    """
    numbers = (start, k, days, cycle_days)
    if not all(math.isfinite(x) and x >= 0 for x in numbers) or cycle_days <= 0:
        raise InputError(
            "referral growth needs numbers of 0 or more and a cycle above 0 days; "
            f"received {numbers}"
        )
    cycles = days / cycle_days
    if k == 1:
        return start * (cycles + 1)
    return float(start * (k ** (cycles + 1) - 1) / (k - 1))


def viral_limit(start: float, *, k: float) -> float:
    """Return where referrals below one per customer end: ``N0 / (1 - k)``.

    Raises
    ------
    InputError
        If k is not between 0 and 1.

    Examples
    --------
    >>> viral_limit(100, k=0.2)
    125.0
    """
    if not 0 <= k < 1 or start < 0:
        raise InputError(
            f"there is a limit only for k from 0 to below 1; received {k} for {start}"
        )
    return start / (1 - k)
