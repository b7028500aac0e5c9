"""Which scale a column of answers seems to have, and which values look like blanks.

A guess is offered, never applied: a column is Net Promoter's 0-10 only where a 0 occurs
or its header says so; a column of 1-10 is offered as satisfaction.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from cxstats.files.profiles import ColumnProfile

__all__ = ["MissingCode", "ScaleGuess", "ScaleMetric", "guess_scale"]


class ScaleMetric(StrEnum):
    """The metric a scale is offered for."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"


@dataclass(frozen=True, slots=True)
class MissingCode:
    """A value that looks like a blank, how many rows have it, and why it looks so."""

    value: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class ScaleGuess:
    """A scale to offer: its ends, the metric, why, and the values that look blank.

    `coded_from_one` tells that a 0-10 question seems to be stored as 1-11: subtract 1
    before the answers are used.
    """

    minimum: int
    maximum: int
    metric: ScaleMetric
    reason: str
    missing: tuple[MissingCode, ...] = ()
    coded_from_one: bool = False

    @property
    def text(self) -> str:
        """The scale as written on the command line, such as 0-10."""
        return f"{self.minimum}-{self.maximum}"


_USUAL_CODES = frozenset({-1, -2, -7, -8, -9, -99, 77, 88, 97, 98, 99, 997, 998, 999})
_NPS_HEADER = re.compile(
    r"nps|net.?pro|promoter|recommend|推荐|推薦|0\s*(?:-|~|–|到|至)\s*10", re.IGNORECASE
)
_TEN_HEADER = re.compile(r"(?<!\d)1\s*(?:-|~|–|到|至)\s*10")
_EFFORT_HEADER = re.compile(
    r"\bces\b|effort|easy|ease|费力|費力|容易|轻松|輕鬆|方便", re.IGNORECASE
)
_SATISFIED_HEADER = re.compile(r"satisf|csat|满意|滿意", re.IGNORECASE)
_TOPS = (5, 7, 10)
_MOST = 0.6
_RARE = 0.02
_FEWEST_POINTS = 3
_AFTER_TEN = 11
_MOST_CODES = 6


@dataclass(slots=True)
class _Answers:
    """Whole-number values by count, and everything else."""

    inside: dict[int, int] = field(default_factory=dict)
    outside: dict[int, int] = field(default_factory=dict)
    written: dict[int, str] = field(default_factory=dict)

    def top(self) -> int:
        return max(self.inside, default=0)


def guess_scale(profile: ColumnProfile) -> ScaleGuess | None:
    """Guess the rating scale of a column; None where it does not look like one.

    The values beyond the scale, the zeros of a 1-5 or 1-10 column, the usual codes
    (-1, 98, 99...) and words such as "BLANK" are returned as likely missing codes with
    their counts.
    """
    if profile.distinct_capped or profile.numbers == 0 or not profile.is_numeric:
        return None
    answers = _split(profile)
    if answers is None or not _looks_rated(answers, profile):
        return None
    says_ten = _TEN_HEADER.search(profile.name)
    says_nps = bool(_NPS_HEADER.search(profile.name)) and not says_ten
    shifted = _shifted(profile, answers) if says_nps else None
    if shifted is not None:
        return shifted
    return _scale_of(profile, answers, says_nps=says_nps)


def _split(profile: ColumnProfile) -> _Answers | None:
    answers = _Answers()
    for item in profile.values:
        try:
            number = float(item.value)
        except ValueError:
            continue
        if not number.is_integer():
            return None
        whole = int(number)
        side = answers.inside if 0 <= whole <= _TOPS[-1] else answers.outside
        side[whole] = side.get(whole, 0) + item.count
        answers.written[whole] = item.value
    return answers


def _looks_rated(answers: _Answers, profile: ColumnProfile) -> bool:
    """Whether most answers lie on a scale of which enough points are used."""
    total = sum(answers.inside.values())
    points = [value for value in answers.inside if value > 0]
    foreign = sum(
        count
        for value, count in answers.outside.items()
        if value not in _USUAL_CODES and value != _AFTER_TEN
    )
    return (
        len(points) >= _FEWEST_POINTS
        and answers.top() >= _TOPS[0]
        and total >= _MOST * profile.filled
        and foreign <= _RARE * profile.filled
        and len(answers.outside) <= _MOST_CODES
    )


def _shifted(profile: ColumnProfile, answers: _Answers) -> ScaleGuess | None:
    share = answers.outside.get(_AFTER_TEN, 0) / max(profile.numbers, 1)
    if 0 in answers.inside or share <= _RARE or len(answers.outside) > 1:
        return None
    reason = "values run from 1 to 11 without a 0: a 0-10 question stored from 1"
    missing = _codes(profile, answers, 1, 11)
    return ScaleGuess(0, 10, ScaleMetric.NPS, reason, missing, coded_from_one=True)


def _scale_of(
    profile: ColumnProfile, answers: _Answers, *, says_nps: bool
) -> ScaleGuess:
    top = _top_of_scale(answers)
    has_zero = answers.inside.get(0, 0) > 0
    says_satisfied = bool(_SATISFIED_HEADER.search(profile.name))
    if top == _TOPS[-1] and (says_nps or (has_zero and not says_satisfied)):
        why = "the header names it" if says_nps else "a 0 occurs"
        missing = _codes(profile, answers, 0, 10)
        return ScaleGuess(0, 10, ScaleMetric.NPS, f"0-10, because {why}", missing)
    effort = bool(_EFFORT_HEADER.search(profile.name))
    metric = ScaleMetric.CES if effort else ScaleMetric.CSAT
    reason = f"answers run from 1 to {top} and no 0 is an answer"
    missing = _codes(profile, answers, 1, top)
    return ScaleGuess(1, top, metric, reason, missing)


def _top_of_scale(answers: _Answers) -> int:
    highest = answers.top()
    # Six without seven on a scale of five is the usual code for "not used".
    if highest <= _TOPS[0] + 1:
        return _TOPS[0]
    return next(top for top in _TOPS if highest <= top)


def _codes(
    profile: ColumnProfile, answers: _Answers, low: int, high: int
) -> tuple[MissingCode, ...]:
    codes = [
        MissingCode(answers.written[value], count, _why(value, low, high))
        for value, count in sorted((answers.inside | answers.outside).items())
        if not low <= value <= high
    ]
    codes += [
        MissingCode(item.value, item.count, "not a number")
        for item in profile.exceptions
    ]
    return tuple(codes)


def _why(value: int, low: int, high: int) -> str:
    if value in _USUAL_CODES:
        return "a usual code for no answer"
    return f"outside {low}-{high}"
