"""When a number may be shown: the minimum-n policy and fair ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cxstats.errors import InputError
from cxstats.estimates import Estimate

__all__ = ["DEFAULT_POLICY", "MinimumN", "Standing"]

Standing = Literal["hidden", "indicative", "normal"]
"""``hidden``: no score, list the answers; ``indicative``: grey and without a rank."""


@dataclass(frozen=True)
class MinimumN:
    """How many valid answers a score needs.

    Parameters
    ----------
    shown
        From this many answers on a score is shown; below it is ``hidden``.
    ranked
        From this many on it is ``normal``; between the two it is ``indicative``:
        grey, with its interval, never ranked.

    Raises
    ------
    InputError
        If the limits are not ``1 <= shown <= ranked``.

    Examples
    --------
    >>> [MinimumN().standing(n) for n in (29, 30, 99, 100)]
    ['hidden', 'indicative', 'indicative', 'normal']
    """

    shown: int = 30
    ranked: int = 100

    def __post_init__(self) -> None:
        """Refuse limits that contradict each other."""
        if not 1 <= self.shown <= self.ranked:
            raise InputError(
                "the minimum n to show must be at least 1 and at most the minimum n to "
                f"rank; received {self.shown} and {self.ranked}"
            )

    def standing(self, n: int) -> Standing:
        """Return how a score with n valid answers may be shown."""
        if n < self.shown:
            return "hidden"
        return "indicative" if n < self.ranked else "normal"

    def ranks(self, estimates: Sequence[Estimate]) -> list[int | None]:
        """Rank scores from the highest, 1, down; equal scores share a rank.

        Hidden and indicative scores get None and take no place: whoever asks for
        their rank is refused.
        """
        values = [
            e.value if self.standing(e.n) == "normal" and e.is_known else None
            for e in estimates
        ]
        ranked = [value for value in values if value is not None]
        return [
            None if value is None else 1 + sum(other > value for other in ranked)
            for value in values
        ]


DEFAULT_POLICY = MinimumN()
"""No score below 30 answers, grey and unranked below 100."""
