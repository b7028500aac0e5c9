"""Everything an editor decides about one question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.common.condition_builder import ConditionBuilder
from zhiyin.listen.surveys.forms.coded import CodedRows
from zhiyin.listen.surveys.forms.wordings import Wordings
from zhiyin.listen.surveys.models import Item, ItemKind
from zhiyin.listen.surveys.queries import content_of, facts_of, item_label, traits_of

END = "end"
MOST_SKIPS = 10
NUMBERS = ("scale_min", "scale_max", "detractor_max", "promoter_min")


class ItemForm(forms.Form):
    """The plain fields of a question; its texts, rows and logic are parts of it."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("Answers refer to it; it cannot change once published."),
    )
    is_primary = forms.BooleanField(label=gettext_lazy("main question"), required=False)
    is_required = forms.BooleanField(
        label=gettext_lazy("must be answered"), required=False
    )
    is_actionable = forms.BooleanField(
        label=gettext_lazy("leads to action: somebody can change what it asks about"),
        required=False,
    )
    asked_of = forms.ChoiceField(label=gettext_lazy("Asked of"), required=False)
    scale_min = forms.IntegerField(label=gettext_lazy("Scale from"), required=False)
    scale_max = forms.IntegerField(label=gettext_lazy("Scale to"), required=False)
    detractor_max = forms.IntegerField(
        label=gettext_lazy("Detractor up to"), required=False
    )
    promoter_min = forms.IntegerField(
        label=gettext_lazy("Promoter from"), required=False
    )
    least = forms.CharField(max_length=20, required=False)
    most = forms.CharField(max_length=20, required=False)
    decimals = forms.IntegerField(
        label=gettext_lazy("Decimals"), required=False, min_value=0, max_value=6
    )
    is_shuffled = forms.BooleanField(
        label=gettext_lazy("show in random order"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        item: Item,
        items: Sequence[Item],
        languages: Sequence[str],
    ) -> None:
        kept = content_of(item)
        initial = {name: kept[name] for name in kept if name in self.base_fields}
        for name in ("least", "most", "decimals", "is_shuffled"):
            initial[name] = item.settings.get(name)
        super().__init__(data, initial=initial)
        self.item = item
        self.languages = list(languages)
        self.traits = traits_of(item.kind)
        asked: Any = self.fields["asked_of"]
        asked.choices = [
            ("", _("everybody")),
            *[(value, str(label)) for value, label in _asked_of_choices()],
        ]
        self._drop_fields()
        self._make_parts(data, items)

    def _drop_fields(self) -> None:
        traits = self.traits
        for is_wanted, names in (
            (traits.has_scale, ("scale_min", "scale_max")),
            (traits.has_cuts, ("detractor_max", "promoter_min", "is_primary")),
            (traits.has_limits, ("least", "most")),
            (self.item.kind == ItemKind.NUMBER, ("decimals",)),
            (traits.shuffles, ("is_shuffled",)),
            (traits.is_asked, ("is_required", "is_actionable")),
        ):
            for name in () if is_wanted else names:
                del self.fields[name]
        if self.traits.has_limits:
            least, most = _limit_labels(self.item.kind)
            self.fields["least"].label, self.fields["most"].label = least, most
            if self.item.kind == ItemKind.DATE:
                for name in ("least", "most"):
                    self.fields[name].widget = forms.DateInput(attrs={"type": "date"})

    def _make_parts(self, data: Any, items: Sequence[Item]) -> None:
        item, languages = self.item, self.languages
        before = [each for each in items if each.position < item.position]
        after = [each for each in items if each.position > item.position]
        self.wordings = Wordings(prefix="", item=item, languages=languages, data=data)
        self.coded = [
            CodedRows(name=name, item=item, languages=languages, data=data)
            for name, has in (
                ("options", self.traits.has_options),
                ("rows", self.traits.has_rows),
            )
            if has
        ]
        self.condition = ConditionBuilder(
            prefix="shown",
            facts=facts_of(item.version, before),
            condition=item.shown_if,
            data=data,
        )
        language = languages[0]
        self.targets = [
            *[(each.code, item_label(each, language)) for each in after],
            (END, _("the end")),
        ]
        self.skips = self._skips(data, facts_of(item.version, [*before, item]))

    def _skips(self, data: Any, facts: Sequence[Any]) -> list[dict[str, Any]]:
        kept = list(self.item.settings.get("skips") or ())
        count = min(len(kept) + 1, MOST_SKIPS)
        rows = []
        for index in range(count):
            skip: Mapping[str, Any] = kept[index] if index < len(kept) else {}
            sent = data.get(f"skip{index}-to", "") if data is not None else None
            rows.append(
                {
                    "name": f"skip{index}-to",
                    "to": skip.get("to", "") if sent is None else sent,
                    "is_new": index >= len(kept),
                    "builder": ConditionBuilder(
                        prefix=f"skip{index}",
                        facts=facts,
                        condition=skip.get("if"),
                        data=data,
                    ),
                },
            )
        return rows

    def clean(self) -> dict[str, Any]:
        """Read the parts, and say of each what is wrong."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["shown_if"] = self.condition.read()
        faults = list(self.condition.errors)
        cleaned["skips"] = []
        for skip in self.skips:
            condition = skip["builder"].read()
            faults += skip["builder"].errors
            if skip["to"]:
                cleaned["skips"].append({"if": condition, "to": skip["to"]})
        for coded in self.coded:
            coded.check()
            faults += coded.errors
        for name in ("least", "most"):
            if cleaned.get(name):
                cleaned[name] = self._limit(name, cleaned[name])
        if faults:
            self.add_error(None, _("Something below is not right yet."))
        return cleaned

    def _limit(self, name: str, text: str) -> Any:
        try:
            if self.item.kind == ItemKind.DATE:
                return dt.date.fromisoformat(text).isoformat()
            number = float(text)
        except ValueError:
            self.add_error(name, _("This is not a number or a day: %s") % text)
            return None
        return int(number) if number.is_integer() else number

    def content(self) -> dict[str, Any]:
        """Return the question as the service takes it."""
        data = self.cleaned_data
        content = content_of(self.item)
        for name in content:
            if name in self.fields:
                content[name] = data[name]
        content["shown_if"] = data["shown_if"]
        content["settings"] = self._settings()
        content["texts"] = self._texts()
        return content

    def _settings(self) -> dict[str, Any]:
        data = self.cleaned_data
        settings = dict(self.item.settings)
        for name in ("least", "most", "decimals", "is_shuffled"):
            if name in self.fields:
                settings[name] = data[name]
        for coded in self.coded:
            if coded.name == "options":
                settings["exclusive"] = coded.exclusive
                settings["with_text"] = coded.with_text
        settings["skips"] = data["skips"]
        empty: tuple[Any, ...] = (None, "", False, [])
        return {
            name: value
            for name, value in settings.items()
            if not any(value is e or (value == e and value != 0) for e in empty)
        }

    def _texts(self) -> dict[str, dict[str, Any]]:
        texts = {**self.item.texts}
        for language in self.languages:
            texts[language] = self.wordings.read(language)
        for coded in self.coded:
            for language in {*texts, *self.languages}:
                wording = {**texts.get(language, {})}
                wording.pop(coded.name, None)
                labels = coded.labels_in(language)
                if labels:
                    wording[coded.name] = labels
                texts[language] = wording
        return {language: wording for language, wording in texts.items() if wording}


def _asked_of_choices() -> list[tuple[str, Any]]:
    field = Item._meta.get_field("asked_of")  # noqa: SLF001
    return [(value, label) for value, label in field.choices or () if value]


def _limit_labels(kind: str) -> tuple[str, str]:
    labels = {
        ItemKind.MULTIPLE: (
            _("At least so many choices"),
            _("At most so many choices"),
        ),
        ItemKind.RANKING: (_("Rank at least"), _("Rank at most")),
        ItemKind.TEXT: (
            _("At least so many characters"),
            _("At most so many characters"),
        ),
        ItemKind.DATE: (_("Not before"), _("Not after")),
    }
    return labels.get(ItemKind(kind), (_("Not below"), _("Not above")))
