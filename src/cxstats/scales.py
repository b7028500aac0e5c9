"""Rating scales and the cuts that split them into three classes.

A score means nothing without its scale. Net Promoter Score is defined on eleven
points from 0 to 10 with detractors at 0-6 and promoters at 9-10; the same
arithmetic on any other scale is useful but is another number, named
``nps_like`` here so that the two can never be mixed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from cxstats.errors import ScaleError

__all__ = [
    "NPS_0_10",
    "SCALE_0_10",
    "SCALE_1_5",
    "SCALE_1_7",
    "SCALE_1_10",
    "STANDARD_SCALES",
    "Scale",
    "infer_scale",
    "parse_scale",
]

_LARGEST_END = 1000
"""Ends beyond this are codes or amounts, not points of a rating scale."""


@dataclass(frozen=True, order=True)
class Scale:
    """A whole-number rating scale with its optional class cuts.

    Parameters
    ----------
    minimum, maximum
        Lowest and highest point shown to the customer, in points.
    detractor_max, promoter_min
        Highest point of a detractor and lowest point of a promoter; points in
        between are passives. Both or neither.

    Raises
    ------
    ScaleError
        If the ends or the cuts contradict each other.
    """

    minimum: int
    maximum: int
    detractor_max: int | None = None
    promoter_min: int | None = None

    def __post_init__(self) -> None:
        """Refuse ends and cuts that contradict each other."""
        if not -_LARGEST_END <= self.minimum < self.maximum <= _LARGEST_END:
            message = (
                f"a scale runs from a lower to a higher whole number within "
                f"±{_LARGEST_END}; received {self.minimum} to {self.maximum}"
            )
            raise ScaleError(message)
        low, high = self.detractor_max, self.promoter_min
        if (low is None) != (high is None):
            message = "give both cuts of a scale (detractors and promoters) or neither"
            raise ScaleError(message)
        if low is None or high is None:
            return
        if not self.minimum <= low < high <= self.maximum:
            message = (
                f"cuts must satisfy {self.minimum} <= detractor_max < promoter_min "
                f"<= {self.maximum}; received {low} and {high}"
            )
            raise ScaleError(message)

    @property
    def points(self) -> int:
        """Number of points of the scale."""
        return self.maximum - self.minimum + 1

    @property
    def is_nps(self) -> bool:
        """Whether this is the Net Promoter scale: 0 to 10, cut at 6 and 9."""
        return self == NPS_0_10

    @property
    def satisfied_min(self) -> int:
        """Lowest point counted as satisfied: two thirds up the scale.

        That is 4 of 1-5, 5 of 1-7, 7 of 1-10 and 7 of 0-10.
        """
        return self.minimum + math.ceil(2 * (self.maximum - self.minimum) / 3)

    @property
    def agree_min(self) -> int:
        """Lowest point above the neutral middle: 5 of 1-7, 4 of 1-5."""
        return (self.minimum + self.maximum) // 2 + 1

    def cuts(self) -> tuple[int, int]:
        """Return ``(detractor_max, promoter_min)``.

        Raises
        ------
        ScaleError
            If the scale carries no cuts.
        """
        if self.detractor_max is None or self.promoter_min is None:
            message = (
                f"scale {self} has no cuts for promoters and detractors; write them "
                f"as '{self.minimum}-{self.maximum}:DETRACTOR_MAX/PROMOTER_MIN'"
            )
            raise ScaleError(message)
        return self.detractor_max, self.promoter_min

    def __str__(self) -> str:
        """Write the ends as ``0-10``."""
        return f"{self.minimum}-{self.maximum}"


NPS_0_10 = Scale(0, 10, detractor_max=6, promoter_min=9)
"""The Net Promoter scale."""

SCALE_0_10 = NPS_0_10
SCALE_1_10 = Scale(1, 10, detractor_max=6, promoter_min=9)
SCALE_1_7 = Scale(1, 7, detractor_max=4, promoter_min=6)
SCALE_1_5 = Scale(1, 5, detractor_max=3, promoter_min=5)

STANDARD_SCALES = (SCALE_1_5, SCALE_1_7, SCALE_1_10, SCALE_0_10)
"""Scales tried, in this order, when a column's scale must be inferred."""

_TEXT = re.compile(
    r"\s*(-?\d{1,4})\s*(?:-|–|—|~|\.\.|至|到)\s*(\d{1,4})\s*"
    r"(?::\s*(\d{1,4})\s*/\s*(\d{1,4})\s*)?",
    re.ASCII,
)


def parse_scale(text: str | Scale) -> Scale:
    """Read a scale such as ``"0-10"`` or, with own cuts, ``"1-10:6/9"``.

    The standard scales bring their standard cuts; any other scale has none
    unless they are written.

    Raises
    ------
    ScaleError
        If the text is not a scale.

    Examples
    --------
    >>> parse_scale("0-10").is_nps, parse_scale("1-10").is_nps
    (True, False)
    >>> parse_scale("1-7:4/7").cuts()
    (4, 7)
    """
    if isinstance(text, Scale):
        return text
    match = _TEXT.fullmatch(text)
    if match is None:
        message = (
            f"{text!r} is not a scale; write it as lowest-highest, for example '0-10', "
            "or with cuts as '1-10:6/9'"
        )
        raise ScaleError(message)
    low, high = int(match[1]), int(match[2])
    if match[3] is not None:
        return Scale(low, high, int(match[3]), int(match[4]))
    for scale in STANDARD_SCALES:
        if (scale.minimum, scale.maximum) == (low, high):
            return scale
    return Scale(low, high)


def infer_scale(counts: dict[float, int], *, tolerance: float = 0.02) -> Scale:
    """Guess the scale of a column from how often each number occurs.

    The guess is the smallest standard scale that leaves out at most
    ``tolerance`` of the answers (blank codes such as 98 are rare numbers). A
    guess is never proof: whoever uses it must say that it was made.

    Parameters
    ----------
    counts
        Answers by number, blanks and text left out.
    tolerance
        Share of the answers, 0 to 1, that may lie outside.

    Raises
    ------
    ScaleError
        If no standard scale covers the answers; the message asks for one.
    """
    total = sum(counts.values())
    for scale in STANDARD_SCALES:
        inside = sum(
            n for x, n in counts.items() if scale.minimum <= x <= scale.maximum
        )
        if total - inside <= tolerance * total:
            return scale
    message = (
        f"no standard scale covers values from {min(counts):g} to {max(counts):g}; "
        "say which scale was shown, for example scale='0-10', and name blank codes "
        "as missing"
    )
    raise ScaleError(message)
