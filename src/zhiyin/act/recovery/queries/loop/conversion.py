"""From the class before to the class after, and how much of it would have come anyway.

Customers who were chosen because of a bad score answer better the next time by chance
alone. The same change among detractors with whom nobody spoke is what to expect; only
the difference to it can be an effect of the loop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cxstats.comparisons import judge
from cxstats.estimates import Estimate
from cxstats.experiments import Effect, Moments, effect_of
from cxstats.experiments.effects import arm_estimate
from zhiyin.act.recovery.queries.loop.definitions import ANSWERED_WITHIN, LEVEL
from zhiyin.act.recovery.queries.loop.measures import moments
from zhiyin.act.recovery.queries.loop.rows import (
    DETRACTOR,
    Given,
    Row,
    Rows,
    first_of_each,
)
from zhiyin.act.recovery.queries.loop.unreached import Person, Sides

CLASSES = ("promoter", "passive", DETRACTOR)
_VALUE = {"promoter": 1, "passive": 0, DETRACTOR: -1}


@dataclass(frozen=True)
class Conversion:
    """The matrix of contacted customers, and the comparison of detractors.

    `matrix` counts (before, after) of those who answered again; `asked` is how many
    contacted customers there were per class before. `rose` of the verdict means that
    contacted detractors left their class more often than those left alone.
    """

    matrix: dict[tuple[str, str], int]
    asked: dict[str, int]
    contacted: Estimate
    alone: Estimate
    contacted_of: int
    alone_of: int
    effect: Effect
    verdict: str
    net_before: Estimate
    net_after: Estimate

    def count(self, before: str, after: str) -> int:
        """Return one cell."""
        return self.matrix.get((before, after), 0)

    def answered(self, before: str) -> int:
        """Return how many of a class answered again."""
        return sum(n for (given, _after), n in self.matrix.items() if given == before)


def conversion(rows: Rows, sides: Sides) -> Conversion:
    """Compare before and after, and contacted detractors with those left alone."""
    spoken = [row for row in first_of_each(rows.cases) if row.contacted_at]
    pairs = [
        (row.given_class, after.given_class)
        for row in spoken
        if row.given_class in _VALUE and (after := _after_case(row, rows)) is not None
    ]
    own = _left_class(sides.contacted, sides)
    control = _left_class(sides.alone, sides)
    effect = effect_of("contacted", own, control, "share", LEVEL)
    ends = effect.estimate
    return Conversion(
        matrix=dict(Counter(pairs)),
        asked=dict(Counter(row.given_class for row in spoken if row.given_class)),
        contacted=arm_estimate(own, "share", LEVEL),
        alone=arm_estimate(control, "share", LEVEL),
        contacted_of=len(sides.contacted),
        alone_of=len(sides.alone),
        effect=effect,
        verdict=judge(ends.lower, ends.upper, effect.p, LEVEL),
        net_before=_net(before for before, _after in pairs),
        net_after=_net(after for _before, after in pairs),
    )


def _after_case(row: Row, rows: Rows) -> Given | None:
    return first_after(_person(row), rows.answers.get(row.customer_id or 0, []))


def _person(row: Row) -> Person:
    return Person(
        row.customer_id or 0,
        row.opened_at,
        row.settled_at or row.opened_at,
        row.resurvey,
    )


def first_after(person: Person, answers: Iterable[Given]) -> Given | None:
    """Return the re-survey, else the first answer after the matter was settled."""
    later = [
        each
        for each in answers
        if person.answers_after < each.at <= person.answers_after + ANSWERED_WITHIN
    ]
    asked = (each for each in later if each.response == person.resurvey)
    return next(asked, later[0] if later else None)


def _left_class(people: Iterable[Person], sides: Sides) -> Moments:
    """Count who of the detractors is none any more, of those who answered again."""
    found = (
        first_after(person, sides.answers.get(person.customer, [])) for person in people
    )
    return moments(
        after.given_class != DETRACTOR for after in found if after is not None
    )


def _net(classes: Iterable[str]) -> Estimate:
    values = [_VALUE[each] for each in classes]
    squares = sum(value * value for value in values)
    counted = Moments(len(values), len(values), sum(values), squares, is_binary=False)
    return arm_estimate(counted, "nps", LEVEL)
