"""Names that tell of what happened after the outcome, or of the outcome itself."""

from __future__ import annotations

import re

__all__ = ["is_after_the_outcome"]

_AFTER = re.compile(
    r"churn|cancel|terminat|deactivat|port[ _-]?out|win[ _-]?back|"
    r"save[ _-]?offer|exit[ _-]?(survey|reason|date)|(leav|left)[ _-]?(reason|date)|"
    r"customer[ _-]?status|"
    r"流失|离网|離網|销户|銷戶|拆机|拆機|携出|攜出|退网|退網|注销|註銷|挽留|召回",
    re.IGNORECASE,
)

_SHORTEST = 4


def is_after_the_outcome(name: str, label: str) -> bool:
    """Tell whether a column's name speaks of the outcome or of what follows it.

    Parameters
    ----------
    name
        The column.
    label
        The outcome's column: a name that begins with it counts too.

    Examples
    --------
    >>> is_after_the_outcome("Churn Reason", "left"), is_after_the_outcome("fee", "y")
    (True, False)
    """
    plain, outcome = _plain(name), _plain(label)
    # Not anywhere in the name: the days left of a contract are known beforehand.
    named = len(outcome) >= _SHORTEST and plain.startswith(outcome)
    return named or _AFTER.search(name) is not None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
