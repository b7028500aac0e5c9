"""What people send: customers their answers, staff their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.programs.models import Stream
from zhiyin.listen.responses.queries import ResponseFilter
from zhiyin.listen.responses.services import ExclusionReason, Reply
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot

LONGEST_NUMBER = 4
CLASS_CHOICES = [
    ("promoter", _("promoters")),
    ("passive", _("passives")),
    ("detractor", _("detractors")),
]


def clean_score(text: str | None) -> int | None:
    """Return a score as a number, or None for what is none."""
    plain = (text or "").strip()
    if len(plain) > LONGEST_NUMBER or not plain.isdecimal():
        return None
    return int(plain)


def _typed(data: QueryDict, name: str) -> str:
    # Browsers send line ends as two characters; one is counted and kept.
    return data.get(name, "").replace("\x00", "").replace("\r\n", "\n")


def _point(text: str) -> int | None:
    """Return a point of a scale, None for nothing, and -1 for what is none."""
    score = clean_score(text)
    return -1 if score is None and text.strip() else score


def _reply(item: ItemSnapshot, data: QueryDict) -> Reply:
    name = f"item-{item.code}"
    if item.is_scored:
        return Reply(score=_point(data.get(name, "")))
    if item.kind == ItemKind.MATRIX:
        rows = item.row_codes()
        given = {row: _point(data.get(f"{name}.row.{row}", "")) for row in rows}
        return Reply(rows=given)
    if item.kind == ItemKind.RANKING:
        return Reply(ranks=_ranks(item, data, name))
    if item.kind in (ItemKind.TEXT, ItemKind.NUMBER, ItemKind.DATE):
        return Reply(text=_typed(data, name))
    return Reply(
        choices=tuple(each.replace("\x00", "") for each in data.getlist(name) if each),
        text=_typed(data, f"{name}.other"),
        time=data.get(f"{name}.time", ""),
    )


def _ranks(item: ItemSnapshot, data: QueryDict, name: str) -> dict[str, int]:
    sent = {
        code: clean_score(data.get(f"{name}.rank.{code}"))
        for code in sorted(item.option_codes())
    }
    return {code: place for code, place in sent.items() if place is not None}


def read_replies(
    items: Iterable[ItemSnapshot],
    data: QueryDict,
) -> dict[str, Reply]:
    """Return what was sent for every item of a page, by item."""
    return {item.code: _reply(item, data) for item in items}


class FilterForm(forms.Form):
    """The list's filters; a value that means nothing narrows nothing."""

    q = forms.CharField(required=False, max_length=100)
    stream = forms.ChoiceField(required=False, choices=Stream.choices)
    touchpoint = forms.ChoiceField(required=False)
    given_class = forms.ChoiceField(required=False, choices=CLASS_CHOICES)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    excluded = forms.BooleanField(required=False)
    link = forms.IntegerField(required=False, min_value=1)
    before = forms.CharField(required=False, max_length=60)

    def __init__(self, data: Any, *, touchpoints: list[tuple[str, str]]) -> None:
        super().__init__(data)
        for name, nothing, choices in (
            ("stream", _("any stream"), Stream.choices),
            ("touchpoint", _("any touchpoint"), touchpoints),
            ("given_class", _("any class"), CLASS_CHOICES),
        ):
            chosen: Any = self.fields[name]
            chosen.choices = [("", nothing), *choices]

    def wanted(self) -> ResponseFilter:
        """Return what the list is narrowed to."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        given["search"] = given.pop("q", "")
        return ResponseFilter(**given)


class ExcludeForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=ExclusionReason.choices)
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class EraseForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason, recorded in the audit log"),
        min_length=4,
        max_length=300,
        help_text=_("For example: request of the customer, letter of 3 May."),
    )
