"""The translator's view: every text of a draft, source left, target right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.listen.surveys.forms.coded import CodedRows
from zhiyin.listen.surveys.forms.wordings import Cell, TextRow, Wordings
from zhiyin.listen.surveys.models import InstrumentVersion, Item
from zhiyin.listen.surveys.queries import page_count, page_settings, traits_of
from zhiyin.listen.surveys.services import LanguageTexts

PAGE_TEXTS: dict[str, str | Promise] = {
    "thanks": gettext_lazy("Thank-you"),
    "next": gettext_lazy("What happens next"),
    "privacy": gettext_lazy("Addition to the privacy notice"),
}


@dataclass(frozen=True)
class TextGroup:
    """The texts of one question, of the pages, or of the frame around them."""

    item: Item | None
    title: str
    rows: list[TextRow]


class TextsForm:
    """One field per text of the target language, beside the source's text."""

    def __init__(
        self,
        data: Any = None,
        *,
        version: InstrumentVersion,
        source: str,
        target: str,
    ) -> None:
        self.version = version
        self.source = source
        self.target = target
        self.data = data
        self.items = list(version.items.all())

    def _pair(
        self, name: str, source: str, target: str, *, is_long: bool
    ) -> list[Cell]:
        value = target if self.data is None else self.data.get(name, target)
        return [
            Cell("", self.source, source, is_long),
            Cell(name, self.target, value.replace("\r\n", "\n").strip(), is_long),
        ]

    def _coded(self, item: Item) -> list[CodedRows]:
        traits = traits_of(item.kind)
        wanted = [("options", traits.has_options), ("rows", traits.has_rows)]
        languages = [self.source, self.target]
        return [
            CodedRows(name=name, item=item, languages=languages)
            for name, has in wanted
            if has
        ]

    def _item_rows(self, item: Item) -> list[TextRow]:
        wordings = Wordings(
            prefix=f"{item.code}--",
            item=item,
            languages=[self.source, self.target],
            data=self.data,
        )
        rows = [
            TextRow(row.label, [Cell("", s.language, s.value, s.is_long), t])
            for row in (*wordings.rows, *wordings.labels)
            for s, t in [row.cells]
            if s.value or t.value
        ]
        for coded in self._coded(item):
            for row in coded.rows:
                name = f"{item.code}--{coded.name}-{row.code}"
                pair = self._pair(
                    name,
                    row.labels.get(self.source, ""),
                    row.labels.get(self.target, ""),
                    is_long=False,
                )
                rows.append(TextRow(row.code, pair))
        return rows

    def groups(self) -> list[TextGroup]:
        """Return every text, grouped as the page shows it."""
        shown = [
            TextGroup(item, item.get_kind_display(), self._item_rows(item))
            for item in self.items
        ]
        titles = self._title_rows()
        if titles:
            shown.append(TextGroup(None, _("Titles of pages"), titles))
        shown.append(TextGroup(None, _("Texts of the page"), self._page_rows()))
        return shown

    def _title_rows(self) -> list[TextRow]:
        rows = []
        for number in range(1, page_count(self.version, self.items) + 1):
            titles = page_settings(self.version, number)["titles"]
            if any(titles.values()):
                pair = self._pair(
                    f"title--{number}",
                    titles.get(self.source, ""),
                    titles.get(self.target, ""),
                    is_long=False,
                )
                rows.append(TextRow(_("Page %s") % number, pair))
        return rows

    def _page_rows(self) -> list[TextRow]:
        texts = self.version.texts
        return [
            TextRow(
                str(label),
                self._pair(
                    f"page--{name}",
                    texts.get(self.source, {}).get(name, ""),
                    texts.get(self.target, {}).get(name, ""),
                    is_long=True,
                ),
            )
            for name, label in PAGE_TEXTS.items()
        ]

    def texts(self, *, copy: bool = False) -> LanguageTexts:
        """Return what was written; `copy` fills what is empty from the source."""
        return LanguageTexts(
            items={item.code: self._wording(item, copy=copy) for item in self.items},
            pages={
                int(row.cells[1].name.removeprefix("title--")): _chosen(row, copy=copy)
                for row in self._title_rows()
            },
            page={
                row.cells[1].name.removeprefix("page--"): _chosen(row, copy=copy)
                for row in self._page_rows()
            },
        )

    def _wording(self, item: Item, *, copy: bool) -> dict[str, Any]:
        wordings = Wordings(
            prefix=f"{item.code}--",
            item=item,
            languages=[self.source, self.target],
            data=self.data,
        )
        written = wordings.read(self.target)
        data = self.data or {}
        if copy:
            kept = item.texts.get(self.source, {})
            written = {**{k: v for k, v in kept.items() if v}, **written}
        for coded in self._coded(item):
            pairs = []
            for row in coded.rows:
                name = f"{item.code}--{coded.name}-{row.code}"
                label = str(data.get(name, row.labels.get(self.target, ""))).strip()
                from_source = row.labels.get(self.source, "") if copy else ""
                pairs.append([row.code, label or from_source])
            written.pop(coded.name, None)
            if any(label for _code, label in pairs):
                written[coded.name] = pairs
        return written


def _chosen(row: TextRow, *, copy: bool) -> str:
    source, target = row.cells
    return target.value or (source.value if copy else "")
