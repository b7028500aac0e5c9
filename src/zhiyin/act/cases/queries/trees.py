"""The trees of causes, in the order in which people read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Cause


@dataclass
class Node:
    """A cause with what stands below it."""

    cause: Cause
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One cause in the picker; `search` holds every word it is found by."""

    pk: int
    name: str
    search: str
    is_heading: bool
    is_deep: bool
    is_chosen: bool
    is_primary: bool


@dataclass(frozen=True)
class Tree:
    """One tree of the picker."""

    name: str
    lines: list[Line]
    chosen: int
    is_open: bool


def cause_trees(person: Person, *, with_unused: bool = False) -> list[Node]:
    """Return the trees in their order."""
    rows = Cause.objects.visible_to(person).select_related("department")
    if not with_unused:
        rows = rows.filter(is_active=True)
    below: dict[int | None, list[Cause]] = defaultdict(list)
    for cause in rows:
        below[cause.parent_id].append(cause)

    def grown(cause: Cause) -> Node:
        return Node(cause, [grown(each) for each in below[cause.pk]])

    return [grown(cause) for cause in below[None]]


def picker(person: Person, chosen: Collection[int], primary: int | None) -> list[Tree]:
    """Return the trees as boxes to tick: groups and leaves, found by any language."""

    def line(cause: Cause, path: list[Cause]) -> Line:
        words = [text for each in path for text in each.names.values()]
        return Line(
            pk=cause.pk,
            name=str(cause),
            search=" ".join([*words, cause.code]),
            is_heading=False,
            is_deep=len(path) > 2,  # noqa: PLR2004 a leaf stands under its group.
            is_chosen=cause.pk in chosen,
            is_primary=cause.pk == primary,
        )

    trees = []
    for root in cause_trees(person):
        lines = []
        for group in root.children:
            lines.append(line(group.cause, [root.cause, group.cause]))
            lines += [
                line(leaf.cause, [root.cause, group.cause, leaf.cause])
                for leaf in group.children
            ]
        ticked = sum(one.is_chosen for one in lines)
        trees.append(Tree(str(root.cause), lines, ticked, is_open=ticked > 0))
    return trees


def path_of(cause: Cause) -> str:
    """Return a cause with what it stands under: “Network / Calls / Drops”."""
    above = f"{path_of(cause.parent)} / " if cause.parent else ""
    return f"{above}{cause}"
