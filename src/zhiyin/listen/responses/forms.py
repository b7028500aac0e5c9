"""What people send: customers their answers, staff their reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.programs.models import Stream
from zhiyin.listen.responses.queries import ResponseFilter
from zhiyin.listen.responses.services import ExclusionReason, Reply
from zhiyin.listen.surveys.queries import VersionSnapshot

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


def read_replies(version: VersionSnapshot, data: QueryDict) -> dict[str, Reply]:
    """Return what was sent for every follow-up, by item."""
    replies = {}
    for item in version.items:
        sent = data.get(f"item-{item.code}", "").replace("\x00", "")
        if item.is_scored:
            replies[item.code] = Reply(score=clean_score(sent))
        elif item.kind == "text":
            # Browsers send line ends as two characters; one is counted and kept.
            replies[item.code] = Reply(text=sent.replace("\r\n", "\n"))
        else:
            replies[item.code] = Reply(choice=sent)
    return replies


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
