"""What people send: customers their answers, staff their reasons."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.responses.services import ExclusionReason, Reply
from zhiyin.listen.surveys.queries import VersionSnapshot

LONGEST_NUMBER = 4


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


class ExcludeForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=ExclusionReason.choices)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class EraseForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason, recorded in the audit log"),
        min_length=4,
        max_length=300,
        help_text=_("For example: request of the customer, letter of 3 May."),
    )
