"""Which tier a customer belongs to, for rules that differ by it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zhiyin.listen.contacts.queries.rules import Rules
from zhiyin.listen.customers.queries import known_of


def tiers_of(ids: Sequence[int], rules: Rules) -> npt.NDArray[np.str_]:
    """Return each customer's tier by the newest operational data; "" where unknown."""
    made = np.full(len(ids), "", dtype="U60")
    if not rules.tier_field or not rules.tiers:
        return made
    code = rules.tier_field
    known = known_of(ids, codes=[code])
    for place, customer in enumerate(ids):
        made[place] = str(known[customer].get(code, ""))
    return made
