"""Options of a choice and rows of a matrix: a code each, a label per language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.listen.surveys.models import Item

MOST = 200
_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass
class CodedRow:
    """One option: its code, a label per language, and what is special about it."""

    code: str
    labels: dict[str, str] = field(default_factory=dict)
    is_exclusive: bool = False
    has_text: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is written in it."""
        return not self.code and not any(self.labels.values())


def _labels(item: Item, name: str) -> dict[str, dict[str, str]]:
    """Return the labels by code and language, in the order of the longest list."""
    lists = {language: w.get(name) or [] for language, w in item.texts.items()}
    longest: list[list[str]] = max(lists.values(), key=len, default=[])
    order = [code for code, _label in longest]
    for entries in lists.values():
        order += [code for code, _label in entries if code not in order]
    return {
        code: {
            language: dict(entries).get(code, "") for language, entries in lists.items()
        }
        for code in order
    }


class CodedRows:
    """The options (or rows) of a question in the languages shown side by side."""

    def __init__(
        self,
        *,
        name: str,
        item: Item,
        languages: Sequence[str],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.item = item
        self.languages = languages
        self.errors: list[str] = []
        self._known = _labels(item, name)
        sent = data is not None and f"{name}-sent" in data
        self.rows = self._sent(data) if sent and data is not None else self._kept()

    def _kept(self) -> list[CodedRow]:
        settings = self.item.settings
        return [
            CodedRow(
                code,
                labels,
                is_exclusive=code in (settings.get("exclusive") or ()),
                has_text=code in (settings.get("with_text") or ()),
            )
            for code, labels in self._known.items()
        ]

    def _sent(self, data: Mapping[str, Any]) -> list[CodedRow]:
        rows = []
        for index in range(MOST):
            prefix = f"{self.name}-{index}-"
            if f"{prefix}code" not in data:
                continue
            code = str(data[f"{prefix}code"]).strip()
            shown = {
                language: str(data.get(f"{prefix}label-{language}", "")).strip()
                for language in self.languages
            }
            if not any(shown.values()):
                continue
            rows.append(
                CodedRow(
                    code,
                    {**self._known.get(code, {}), **shown},
                    is_exclusive=f"{prefix}exclusive" in data,
                    has_text=f"{prefix}text" in data,
                ),
            )
        return self._moved(rows, str(data.get("move", "")))

    def _moved(self, rows: list[CodedRow], wish: str) -> list[CodedRow]:
        """Swap a row with its neighbour when a button asked so: options-3-up."""
        match = re.fullmatch(rf"{self.name}-(\d+)-(up|down)", wish)
        if match is None:
            return rows
        index = int(match.group(1))
        other = index + (-1 if match.group(2) == "up" else 1)
        if index < len(rows) and 0 <= other < len(rows):
            rows[index], rows[other] = rows[other], rows[index]
        return rows

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Return the rows as the page shows them, and empty ones to fill."""
        empty = [CodedRow("") for _each in range(2 if self.rows else 3)]
        return [
            {
                "index": index,
                "row": row,
                "is_new": row.is_empty,
                "cells": [
                    (language, row.labels.get(language, ""))
                    for language in self.languages
                ],
            }
            for index, row in enumerate([*self.rows, *empty])
        ]

    def check(self) -> None:
        """Give new rows a code; note what is wrong with the others."""
        taken = [row.code for row in self.rows if row.code]
        for row in self.rows:
            row.code = row.code or self._free(taken)
            if not _CODE.fullmatch(row.code):
                self.errors.append(
                    _("A code has letters, digits, - and _ only; received “%s”.")
                    % row.code,
                )
        codes = [row.code for row in self.rows]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            self.errors.append(_("Twice there: %s.") % ", ".join(twice))

    def _free(self, taken: list[str]) -> str:
        number = 1
        while f"{self.name[0]}{number}" in taken:
            number += 1
        taken.append(f"{self.name[0]}{number}")
        return taken[-1]

    def labels_in(self, language: str) -> list[list[str]]:
        """Return `[code, label]` pairs; none when nothing is written in a language."""
        pairs = [[row.code, row.labels.get(language, "")] for row in self.rows]
        return pairs if any(label for _code, label in pairs) else []

    @property
    def exclusive(self) -> list[str]:
        """Return the codes that exclude all others."""
        return [row.code for row in self.rows if row.is_exclusive]

    @property
    def with_text(self) -> list[str]:
        """Return the codes that ask for words of one's own."""
        return [row.code for row in self.rows if row.has_text]
