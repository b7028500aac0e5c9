"""What the kinds of question have: a scale, options, rows, limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries.standard import FOLDER


@dataclass(frozen=True)
class Traits:
    """What a question of one kind may be given."""

    has_scale: bool = False
    has_cuts: bool = False
    has_options: bool = False
    has_rows: bool = False
    has_limits: bool = False
    takes_text: bool = False
    excludes: bool = False
    shuffles: bool = False
    is_asked: bool = True


_TRAITS = {
    ItemKind.NPS: Traits(has_scale=True, has_cuts=True),
    ItemKind.CSAT: Traits(has_scale=True, has_cuts=True),
    ItemKind.CES: Traits(has_scale=True, has_cuts=True),
    ItemKind.RATING: Traits(has_scale=True, has_cuts=True),
    ItemKind.GAP: Traits(has_scale=True, has_cuts=True),
    ItemKind.CHOICE: Traits(has_options=True, takes_text=True, shuffles=True),
    ItemKind.MULTIPLE: Traits(
        has_options=True,
        has_limits=True,
        takes_text=True,
        excludes=True,
        shuffles=True,
    ),
    ItemKind.MATRIX: Traits(has_scale=True, has_rows=True, shuffles=True),
    ItemKind.RANKING: Traits(has_options=True, has_limits=True, shuffles=True),
    ItemKind.NUMBER: Traits(has_limits=True),
    ItemKind.DATE: Traits(has_limits=True),
    ItemKind.TEXT: Traits(has_limits=True),
    ItemKind.STATEMENT: Traits(is_asked=False),
}


def traits_of(kind: str) -> Traits:
    """Return what a question of this kind may be given."""
    return _TRAITS.get(ItemKind(kind), Traits())


@cache
def _new_items() -> dict[str, dict[str, Any]]:
    text = (FOLDER / "new_items.yaml").read_text(encoding="utf-8")
    known: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return known


def new_item_of(kind: str) -> dict[str, Any]:
    """Return what a new question of a kind starts with: `scale`, `cuts`, `texts`.

    Callers share the dictionary and must not change it.
    """
    return _new_items().get(kind, {})
