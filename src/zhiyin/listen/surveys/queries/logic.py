"""What a questionnaire asks of somebody now, given what is known so far.

Everything here is a pure function of a version, the answers and the known facts. The
items are gone through once, in the order in which they are asked, and a condition
sees only the answers to items that are themselves shown: what an earlier answer hides
cannot steer what comes later, and no condition can go round in a circle.

Facts of a questionnaire: `answer.<item>` (a score, a text, a number, a day, or a list
of codes; a matrix has `answer.<item>.<row>` and the list of its scores), `class` of
the main question, and what is known beforehand: `field.<code>`, `touchpoint`,
`language`, `channel`, `audience`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from zhiyin.common.conditions import facts_named, holds
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries.snapshots import ItemSnapshot, VersionSnapshot

T = TypeVar("T")
END = "end"
# Facts that only answers give; a condition without them can be judged beforehand.
OF_ANSWERS = ("answer.", "class")


@dataclass(frozen=True)
class Page:
    """A page with the items it shows, in the order in which they are shown."""

    number: int
    items: tuple[ItemSnapshot, ...]


@dataclass(frozen=True)
class Course:
    """The pages shown to one person, and the facts that led to them."""

    pages: tuple[Page, ...]
    facts: Mapping[str, Any]

    @property
    def items(self) -> tuple[ItemSnapshot, ...]:
        """Return every item shown, over all pages."""
        return tuple(item for page in self.pages for item in page.items)

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of all items shown."""
        return frozenset(item.code for item in self.items)

    def page(self, number: int) -> Page | None:
        """Return a page by its number, if it is shown."""
        return next((page for page in self.pages if page.number == number), None)

    def after(self, number: int) -> int | None:
        """Return the number of the next page shown, or None at the end."""
        return next((p.number for p in self.pages if p.number > number), None)

    def before(self, number: int) -> int | None:
        """Return the number of the page shown before, or None at the beginning."""
        return next((p.number for p in reversed(self.pages) if p.number < number), None)


def facts_from(item: ItemSnapshot, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that the answers to one item give."""
    name = f"answer.{item.code}"
    if item.kind != ItemKind.MATRIX:
        value = given.get(item.code)
        return {} if value in (None, "", []) else {name: value}
    rows = {
        row: given[f"{item.code}.{row}"]
        for row in item.row_codes()
        if given.get(f"{item.code}.{row}") is not None
    }
    facts: dict[str, Any] = {f"{name}.{row}": score for row, score in rows.items()}
    return facts | {name: list(rows.values())} if rows else {}


def _class_fact(version: VersionSnapshot, facts: Mapping[str, Any]) -> dict[str, str]:
    score = facts.get(f"answer.{version.primary.code}")
    if not isinstance(score, int | float):
        return {}
    given = version.primary.class_of(score)
    return {"class": given} if given else {}


def _is_asked(item: ItemSnapshot, facts: Mapping[str, Any]) -> bool:
    if item.asked_of and item.asked_of != facts.get("class"):
        return False
    return holds(item.shown_if, facts)


class _Walk:
    """One pass through the items, which remembers facts and where a skip leads."""

    def __init__(
        self,
        version: VersionSnapshot,
        given: Mapping[str, Any],
        known: Mapping[str, Any],
    ) -> None:
        self.version = version
        self.given = given
        self.facts: dict[str, Any] = dict(known)
        self.target = ""
        self.open_pages: dict[int, bool] = {}

    def shows(self, item: ItemSnapshot) -> bool:
        """Tell whether the next item is shown, and take in its answer."""
        if self.target == item.code:
            self.target = ""
        if self.target or not self._page_is_open(item.page):
            return False
        if not _is_asked(item, self.facts):
            return False
        self.facts |= facts_from(item, self.given)
        if item is self.version.primary:
            self.facts |= _class_fact(self.version, self.facts)
        self.target = self._skip_from(item)
        return True

    def _page_is_open(self, number: int) -> bool:
        if number not in self.open_pages:
            condition = self.version.page_settings(number).get("shown_if") or {}
            self.open_pages[number] = holds(condition, self.facts)
        return self.open_pages[number]

    def _skip_from(self, item: ItemSnapshot) -> str:
        """Return where an answer leads: a later item, the end, or "" for the next."""
        for skip in item.settings.get("skips") or ():
            if skip.get("to") and holds(skip.get("if") or {}, self.facts):
                return self._later(item, str(skip["to"]))
        return ""

    def _later(self, item: ItemSnapshot, target: str) -> str:
        order = self.version.in_order
        later = {each.code for each in order[order.index(item) + 1 :]}
        # A target that is not further on leads nowhere: nobody is asked twice.
        return target if target == END or target in later else ""


def course_of(
    version: VersionSnapshot,
    given: Mapping[str, Any],
    known: Mapping[str, Any] | None = None,
    seed: str = "",
) -> Course:
    """Return what is shown, given the answers so far (by item) and known facts.

    `seed` belongs to the visit: the same visit sees the same random order each time.
    """
    walk = _Walk(version, given, known or {})
    pages: dict[int, list[ItemSnapshot]] = {}
    for item in version.in_order:
        if walk.shows(item):
            pages.setdefault(item.page, []).append(item)
    return Course(
        pages=tuple(
            Page(number, _arranged(version, number, items, seed))
            for number, items in pages.items()
        ),
        facts=walk.facts,
    )


def _arranged(
    version: VersionSnapshot,
    number: int,
    items: Sequence[ItemSnapshot],
    seed: str,
) -> tuple[ItemSnapshot, ...]:
    if not version.page_settings(number).get("is_shuffled"):
        return tuple(items)
    movable = [item for item in items if item.kind != ItemKind.STATEMENT]
    order = iter(shuffled(movable, [item.code for item in movable], seed))
    # Statements introduce what follows and keep their places.
    return tuple(
        item if item.kind == ItemKind.STATEMENT else next(order) for item in items
    )


def _rank(seed: str, code: str) -> bytes:
    return hashlib.blake2b(f"{seed}\x1f{code}".encode(), digest_size=8).digest()


def shuffled(things: Sequence[T], codes: Sequence[str], seed: str) -> list[T]:
    """Return things in an order drawn once per seed; without a seed as they are."""
    if not seed:
        return list(things)
    order = sorted(range(len(things)), key=lambda place: _rank(seed, codes[place]))
    return [things[place] for place in order]


def options_of(
    item: ItemSnapshot,
    options: Iterable[Sequence[str]],
    seed: str,
) -> list[tuple[str, str]]:
    """Return the options of an item as shown: shuffled where it says so.

    Exclusive options and those with a text of their own stay at the end.
    """
    pairs = [(option[0], option[1]) for option in options]
    if not item.settings.get("is_shuffled"):
        return pairs
    last = {*item.settings.get("exclusive", ()), *item.settings.get("with_text", ())}
    movable = [pair for pair in pairs if pair[0] not in last]
    codes = [f"{item.code}.{code}" for code, _label in movable]
    return [
        *shuffled(movable, codes, seed),
        *(pair for pair in pairs if pair[0] in last),
    ]


def quotas_met(
    version: VersionSnapshot,
    facts: Mapping[str, Any],
    *,
    is_complete: bool,
) -> list[Mapping[str, Any]]:
    """Return the quotas that somebody counts in.

    Before the answer is complete only those whose answers are all known are judged:
    a denial holds of what nobody has answered yet.
    """
    return [
        quota
        for quota in version.quotas
        if (is_complete or _is_decided(quota.get("if") or {}, facts))
        and holds(quota.get("if") or {}, facts)
    ]


def _is_decided(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return all(
        name in facts for name in facts_named(condition) if name.startswith(OF_ANSWERS)
    )


def full_quota(
    quotas: Iterable[Mapping[str, Any]],
    taken: Mapping[str, int],
) -> str:
    """Return the code of the first quota without a free place, or ""."""
    for quota in quotas:
        if taken.get(str(quota["code"]), 0) >= int(quota["limit"]):
            return str(quota["code"])
    return ""
