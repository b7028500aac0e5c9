"""What differs between two versions of a questionnaire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.listen.surveys.models import InstrumentVersion, Item
from zhiyin.listen.surveys.queries.edits import CONTENT, content_of
from zhiyin.listen.surveys.queries.standard import LANGUAGES

NAMES = {
    "kind": gettext_lazy("kind"),
    "is_primary": gettext_lazy("main question"),
    "is_required": gettext_lazy("required"),
    "asked_of": gettext_lazy("asked of"),
    "scale_min": gettext_lazy("scale from"),
    "scale_max": gettext_lazy("scale to"),
    "detractor_max": gettext_lazy("detractor up to"),
    "promoter_min": gettext_lazy("promoter from"),
    "shown_if": gettext_lazy("shown if"),
    "settings": gettext_lazy("settings"),
    "is_actionable": gettext_lazy("leads to action"),
    "page": gettext_lazy("page"),
}
# A change of these makes answers before and after hard to compare.
BREAKING = frozenset(
    {"kind", "scale_min", "scale_max", "detractor_max", "promoter_min"},
)


@dataclass(frozen=True)
class Rewording:
    """A text that reads differently, in one language."""

    item: str
    language: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What a newer version does differently; items are named by their codes."""

    added: list[Item]
    removed: list[Item]
    reworded: list[Rewording]
    # Of each question, the names of what else changed about it.
    reset: list[tuple[Item, list[str]]]
    is_reordered: bool
    other: list[str]
    # Codes of questions whose answers no longer compare with those before.
    broken: list[str]

    def __bool__(self) -> bool:
        """Tell whether anything changed at all."""
        return bool(
            self.added
            or self.removed
            or self.reworded
            or self.reset
            or self.is_reordered
            or self.other
        )


def _written(value: Any) -> str:
    if isinstance(value, list):
        return " · ".join(
            each if isinstance(each, str) else f"{each[1]} ({each[0]})"
            for each in value
        )
    return str(value or "")


def _rewordings(
    item: str,
    before: dict[str, dict[str, Any]],
    after: dict[str, dict[str, Any]],
) -> Iterator[Rewording]:
    for language in LANGUAGES:
        old, new = before.get(language, {}), after.get(language, {})
        for name in sorted({*old, *new}):
            if (old.get(name) or "") != (new.get(name) or ""):
                yield Rewording(
                    item,
                    language,
                    name,
                    _written(old.get(name)),
                    _written(new.get(name)),
                )


def _reset(before: Item, after: Item) -> list[str]:
    old, new = content_of(before), content_of(after)
    names = [n for n in CONTENT if n not in {"code", "texts"} and old[n] != new[n]]
    return names + (["page"] if before.page != after.page else [])


def _other(before: InstrumentVersion, after: InstrumentVersion) -> list[str]:
    found = []
    if sorted(before.languages) != sorted(after.languages):
        found.append(_("languages"))
    if before.brand != after.brand:
        found.append(_("brand"))
    if before.quotas != after.quotas:
        found.append(_("quotas"))
    if _laid_out(before) != _laid_out(after):
        found.append(_("pages"))
    return found


def _laid_out(version: InstrumentVersion) -> list[Any]:
    """Return the pages without those at the end that say nothing."""
    pages = [{key: v for key, v in page.items() if v} for page in version.pages]
    while pages and not pages[-1]:
        pages.pop()
    return pages


def changes_between(before: InstrumentVersion, after: InstrumentVersion) -> Changes:
    """Return what `after` does differently from `before`."""
    old = {item.code: item for item in before.items.all()}
    new = {item.code: item for item in after.items.all()}
    kept = [code for code in new if code in old]
    resets = [(code, _reset(old[code], new[code])) for code in kept]
    reworded = list(_rewordings("", before.texts, after.texts))
    for code in kept:
        reworded.extend(_rewordings(code, old[code].texts, new[code].texts))
    return Changes(
        added=[item for code, item in new.items() if code not in old],
        removed=[item for code, item in old.items() if code not in new],
        reworded=reworded,
        reset=[
            (new[code], [str(NAMES[name]) for name in names])
            for code, names in resets
            if names
        ],
        is_reordered=kept != [code for code in old if code in new],
        other=_other(before, after),
        broken=[code for code, names in resets if BREAKING & set(names)],
    )
