"""The cleaning rules: pure functions of columns, one answer per row.

Durations are seconds, times seconds since 1970; what is not known is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]

HOUR, DAY = 3_600.0, 86_400.0
# A median absolute deviation times this is a standard deviation where the values are
# normal (Rousseeuw and Croux 1993, JASA 88, equation 1).
MAD_TO_DEVIATION = 1.4826
DEFAULTS: Mapping[str, Mapping[str, float | bool]] = {
    "test": {"is_on": True},
    "employee": {"is_on": True},
    "duplicate": {"is_on": True, "hours": 24},
    "late": {"is_on": True, "grace_hours": 0},
    "burst": {"is_on": True, "answers": 10, "minutes": 60, "characters": 6},
    "speeder": {"is_on": True, "deviations": 2.5, "least": 100},
    "straight_lining": {"is_on": False, "items": 6},
}
"""Every rule in the order of trial, with its numbers.

A straight line is often honest, so its rule is off until somebody wants it, and then
takes only answers that were given faster than the median of their questionnaire.
"""


@dataclass(frozen=True)
class Answers:
    """Answers as columns, in the order in which they were given."""

    pk: Codes
    customer: Codes  # 0: not known
    is_test: Flags
    is_staff: Flags
    # Answers to one questionnaire about one occasion; and by one channel of it.
    occasion: Codes
    pace: Codes
    at: Floats
    closes_at: Floats  # the end of the invitation or of the wave
    duration: Floats
    words: Codes  # the same number for the same words; 0: too few of them
    points: Codes  # how many points were given beside the main question
    is_one_point: Flags  # and whether all of them are the same

    def __len__(self) -> int:
        return len(self.pk)


def settings_of(plan: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the numbers of every rule; what a plan does not name is the default."""
    return {name: {**own, **plan.get(name, {})} for name, own in DEFAULTS.items()}


def judge(answers: Answers, plan: Mapping[str, Any]) -> npt.NDArray[np.str_]:
    """Return for each answer the first rule that fits, or ""."""
    wanted = settings_of(plan)
    found = np.full(len(answers), "", dtype="U20")
    for name, own in wanted.items():
        if own["is_on"] and len(answers):
            fits = _RULES[name](answers, own)
            found[(found == "") & fits] = name
    return found


def _test(answers: Answers, _own: Mapping[str, Any]) -> Flags:
    return answers.is_test


def _employee(answers: Answers, _own: Mapping[str, Any]) -> Flags:
    return answers.is_staff


def _duplicate(answers: Answers, own: Mapping[str, Any]) -> Flags:
    """Fit later answers of a customer to one occasion soon after an earlier one."""
    order = np.lexsort((answers.at, answers.occasion, answers.customer))
    who, what = answers.customer[order], answers.occasion[order]
    again = np.zeros(len(answers), dtype=bool)
    same = (who[1:] == who[:-1]) & (what[1:] == what[:-1]) & (who[1:] > 0)
    soon = np.diff(answers.at[order]) <= own["hours"] * HOUR
    again[order[1:]] = same & soon
    return again


def _late(answers: Answers, own: Mapping[str, Any]) -> Flags:
    return np.asarray(answers.at > answers.closes_at + own["grace_hours"] * HOUR)


def _burst(answers: Answers, own: Mapping[str, Any]) -> Flags:
    """Fit the same words about one occasion given many times within minutes."""
    order = np.lexsort((answers.at, answers.occasion, answers.words))
    words, what = answers.words[order], answers.occasion[order]
    at = answers.at[order]
    group = np.r_[0, np.cumsum((np.diff(words) != 0) | (np.diff(what) != 0))]
    least, length = int(own["answers"]), own["minutes"] * 60
    inside = np.zeros(len(answers), dtype=bool)
    if len(answers) < least:
        return inside
    starts = np.arange(len(answers) - least + 1)
    ends = starts + least - 1
    full = (group[starts] == group[ends]) & (at[ends] - at[starts] <= length)
    # Every full window covers `least` answers: the difference array adds them up.
    steps = np.zeros(len(answers) + 1, dtype=np.int64)
    np.add.at(steps, starts[full], 1)
    np.add.at(steps, ends[full] + 1, -1)
    covered = np.cumsum(steps[:-1]) > 0
    inside[order] = covered & (words > 0)
    return inside


def _speeder(answers: Answers, own: Mapping[str, Any]) -> Flags:
    """Fit answers far faster than the others of their questionnaire and channel.

    Logarithms of durations, median and median absolute deviation, from `least`
    answers with a duration on; where half of them took equally long, none fits.
    """
    fast = np.zeros(len(answers), dtype=bool)
    for rows, logs, middle in _paces(answers, int(own["least"])):
        spread = MAD_TO_DEVIATION * float(np.median(np.abs(logs - middle)))
        if spread > 0:
            fast[rows] = logs < middle - own["deviations"] * spread
    return fast


def _straight_lining(answers: Answers, own: Mapping[str, Any]) -> Flags:
    """Fit the same point everywhere, given faster than the median."""
    quick = np.zeros(len(answers), dtype=bool)
    for rows, logs, middle in _paces(answers, 2):
        quick[rows] = logs < middle
    is_long = answers.points >= own["items"]
    return np.asarray(quick & answers.is_one_point & is_long)


def _paces(answers: Answers, least: int) -> list[tuple[Codes, Floats, float]]:
    """Return per questionnaire and channel its rows, log durations and their median."""
    known = np.flatnonzero(answers.duration > 0)
    made = []
    for pace in np.unique(answers.pace[known]):
        rows = known[answers.pace[known] == pace]
        if len(rows) >= least:
            logs = np.log(answers.duration[rows])
            made.append((rows, logs, float(np.median(logs))))
    return made


_RULES = {
    "test": _test,
    "employee": _employee,
    "duplicate": _duplicate,
    "late": _late,
    "burst": _burst,
    "speeder": _speeder,
    "straight_lining": _straight_lining,
}
