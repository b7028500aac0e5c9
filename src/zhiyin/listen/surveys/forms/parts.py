"""Forms about a whole draft: settings, one page, quotas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.common.condition_builder import ConditionBuilder, Fact
from zhiyin.listen.customers.models import Audience
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.queries import facts_of, page_settings
from zhiyin.listen.surveys.services import DraftSettings, PageSettings

MOST_QUOTAS = 60
MOST_ANSWERS = 10_000_000
_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")


class SettingsForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    audience = forms.ChoiceField(
        label=gettext_lazy("Who is asked"),
        choices=Audience.choices,
    )
    is_anonymous = forms.BooleanField(
        label=gettext_lazy("anonymous"),
        required=False,
        help_text=gettext_lazy(
            "Answers never say who gave them; settled with the first publication.",
        ),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages to publish"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    brand = forms.CharField(
        label=gettext_lazy("Brand in the wordings"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty takes the organisation's brand."),
    )
    note = forms.CharField(
        label=gettext_lazy("What changed"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Shown in the list of versions."),
    )

    def __init__(self, data: Any = None, *, version: InstrumentVersion) -> None:
        initial = {
            "name": version.instrument.name,
            "audience": version.instrument.audience,
            "is_anonymous": version.instrument.is_anonymous,
            "languages": version.languages,
            "brand": version.brand,
            "note": version.note,
        }
        super().__init__(data, initial=initial)
        if version.instrument.versions.filter(published_at__isnull=False).exists():
            del self.fields["is_anonymous"]

    def settings(self) -> DraftSettings:
        """Return what was decided, in the shape the service takes."""
        return DraftSettings(**self.cleaned_data)


class PageForm(forms.Form):
    """A page's titles in every language, its condition and its order."""

    is_shuffled = forms.BooleanField(
        label=gettext_lazy("show its questions in random order"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        version: InstrumentVersion,
        number: int,
    ) -> None:
        kept = page_settings(version, number)
        super().__init__(data, initial={"is_shuffled": kept["is_shuffled"]})
        for language, name in settings.LANGUAGES:
            self.fields[f"title-{language}"] = forms.CharField(
                label=name,
                max_length=200,
                required=False,
                initial=kept["titles"].get(language, ""),
                widget=forms.TextInput(attrs={"lang": language}),
            )
        before = [item for item in version.items.all() if item.page < number]
        self.condition = ConditionBuilder(
            prefix="shown",
            facts=facts_of(version, before),
            condition=kept["shown_if"],
            data=data,
        )

    @property
    def titles(self) -> list[Any]:
        """Return the title fields, one per language."""
        return [self[name] for name in self.fields if name.startswith("title-")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["shown_if"] = self.condition.read()
        if self.condition.errors:
            self.add_error(None, _("Something below is not right yet."))
        return cleaned

    def page_settings(self) -> PageSettings:
        """Return what was decided, in the shape the service takes."""
        data = self.cleaned_data
        return PageSettings(
            titles={code: data[f"title-{code}"] for code, _name in settings.LANGUAGES},
            shown_if=data["shown_if"],
            is_shuffled=data["is_shuffled"],
        )


class QuotaRow:
    """One quota as rows of the page: code, name, limit and whom it counts."""

    def __init__(
        self,
        index: int,
        kept: dict[str, Any],
        facts: Sequence[Fact],
        data: Any,
    ) -> None:
        self.prefix = f"quota{index}"
        sent = data if data is not None and f"{self.prefix}-code" in data else None
        self.code = (
            sent.get(f"{self.prefix}-code", "") if sent else kept.get("code", "")
        ).strip()
        self.name = (
            sent.get(f"{self.prefix}-name", "") if sent else kept.get("name", "")
        ).strip()
        self.limit = str(
            sent.get(f"{self.prefix}-limit", "") if sent else kept.get("limit", "")
        ).strip()
        self.is_new = not kept
        self.errors: list[str] = []
        self.builder = ConditionBuilder(
            prefix=self.prefix, facts=facts, condition=kept.get("if"), data=data
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is written in it."""
        return not (self.code or self.name or self.limit)

    def read(self) -> dict[str, Any]:
        """Return the quota; `errors` says what is wrong with it."""
        condition = self.builder.read()
        if not _CODE.fullmatch(self.code):
            self.errors.append(
                _("A code has letters, digits, - and _ only; received “%s”.")
                % self.code,
            )
        if not self.limit.isdecimal() or not 0 < int(self.limit) <= MOST_ANSWERS:
            self.errors.append(
                _("How many answers are wanted? Received “%s”.") % self.limit,
            )
        self.errors += self.builder.errors
        return {
            "code": self.code,
            "name": self.name or self.code,
            "if": condition,
            "limit": int(self.limit) if self.limit.isdecimal() else 0,
        }


class QuotasForm:
    """All quotas of a draft, and an empty one to fill."""

    def __init__(self, data: Any = None, *, version: InstrumentVersion) -> None:
        facts = facts_of(version, version.items.all())
        kept = list(version.quotas)
        sent = 0
        while data is not None and f"quota{sent}-code" in data:
            sent += 1
        count = min(max(len(kept) + 1, sent), MOST_QUOTAS)
        self.rows = [
            QuotaRow(index, kept[index] if index < len(kept) else {}, facts, data)
            for index in range(count)
        ]
        self.quotas: list[dict[str, Any]] = []

    def is_valid(self) -> bool:
        """Read every row that is not empty; an emptied one is dropped."""
        filled = [row for row in self.rows if not row.is_empty]
        self.quotas = [row.read() for row in filled]
        return not any(row.errors for row in filled)
