"""The texts of a question in the languages shown side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.listen.surveys.models import Item, ItemKind
from zhiyin.listen.surveys.queries import traits_of

TEXT_LABELS: dict[str, str | Promise] = {
    "text": gettext_lazy("Question"),
    "help": gettext_lazy("Help under the question"),
    "low": gettext_lazy("Label of the lowest score"),
    "high": gettext_lazy("Label of the highest score"),
}


@dataclass(frozen=True)
class Cell:
    """One text in one language: the name of its field and what is in it."""

    name: str
    language: str
    value: str
    is_long: bool = False


@dataclass(frozen=True)
class TextRow:
    """One text in the languages shown."""

    label: str
    cells: list[Cell]


def _point(item: Item) -> list[int]:
    if item.scale_min is None or item.scale_max is None:
        return []
    return list(range(item.scale_min, item.scale_max + 1))


def plain_names(item: Item) -> list[str]:
    """Return which single texts a kind of question has."""
    names = ["text", "help"]
    if traits_of(item.kind).has_scale:
        names += ["low", "high"]
    return names


def _label(item: Item, name: str) -> str:
    if name == "text" and item.kind == ItemKind.STATEMENT:
        return _("Text")
    return str(TEXT_LABELS[name])


def _at(entries: Any, index: int) -> str:
    return entries[index] if entries and index < len(entries) else ""


class Wordings:
    """The single texts and the labels of points; options are `CodedRows`."""

    def __init__(
        self,
        *,
        prefix: str,
        item: Item,
        languages: Sequence[str],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.prefix = prefix
        self.item = item
        self.languages = languages
        self.data = data

    def _cell(self, name: str, language: str, kept: str, *, is_long: bool) -> Cell:
        key = f"{self.prefix}{name}-{language}"
        value = kept if self.data is None else self.data.get(key, kept)
        return Cell(key, language, value.replace("\r\n", "\n").strip(), is_long)

    @property
    def rows(self) -> list[TextRow]:
        """Return the single texts, each in the languages shown."""
        return [
            TextRow(
                _label(self.item, name),
                [
                    self._cell(
                        name,
                        language,
                        self.item.texts.get(language, {}).get(name, ""),
                        is_long=name in {"text", "help"},
                    )
                    for language in self.languages
                ],
            )
            for name in plain_names(self.item)
        ]

    @property
    def labels(self) -> list[TextRow]:
        """Return the label of every point, where a scale is short enough for it."""
        if self.item.kind == ItemKind.NPS:
            return []
        return [
            TextRow(
                str(point),
                [
                    self._cell(
                        f"label{index}",
                        language,
                        _at(self.item.texts.get(language, {}).get("labels"), index),
                        is_long=False,
                    )
                    for language in self.languages
                ],
            )
            for index, point in enumerate(_point(self.item))
        ]

    def read(self, language: str) -> dict[str, Any]:
        """Return the wording of a language as sent; texts left empty are left out."""
        kept = self.item.texts.get(language, {})
        written = {
            name: value
            for name, value in kept.items()
            if name not in TEXT_LABELS and name != "labels"
        }
        column = list(self.languages).index(language)
        names = plain_names(self.item)
        for name, row in zip(names, self.rows, strict=True):
            if row.cells[column].value:
                written[name] = row.cells[column].value
        labels = [row.cells[column].value for row in self.labels]
        if any(labels):
            written["labels"] = labels
        return written
