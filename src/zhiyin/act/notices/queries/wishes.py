"""How people wish to be told: what they chose, else what the kind proposes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from zhiyin.accounts.models import Person
from zhiyin.act.notices.models import NoticeSetting
from zhiyin.act.notices.queries.kinds import Kind, kind_of, kinds


@dataclass(frozen=True)
class Wish:
    """How one person is told of one kind."""

    kind: Kind
    in_page: bool
    ways: tuple[str, ...]
    pace: str


def _wish(kind: Kind, setting: NoticeSetting | None) -> Wish:
    if setting is None:
        return Wish(kind, in_page=True, ways=kind.ways, pace=kind.pace)
    return Wish(
        kind,
        in_page=setting.in_page or kind.is_essential,
        ways=tuple(setting.ways),
        pace=setting.pace,
    )


def wish_of(people: Collection[Person], kind: str) -> dict[int, Wish]:
    """Return how each of several people is told of one kind."""
    chosen = {
        each.person_id: each
        for each in NoticeSetting.objects.filter(person__in=people, kind=kind)
    }
    known = kind_of(kind)
    return {each.pk: _wish(known, chosen.get(each.pk)) for each in people}


def wishes_of(person: Person) -> list[Wish]:
    """Return how one person is told of every kind there is."""
    chosen = {each.kind: each for each in person.notice_settings.all()}
    return [_wish(kind, chosen.get(kind.code)) for kind in kinds()]
