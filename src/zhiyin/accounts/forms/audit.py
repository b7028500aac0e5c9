"""The audit log's filter."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.queries import (
    AuditFilter,
    audit_actions,
    audit_object_types,
    object_label,
)
from zhiyin.accounts.services import action_label


class AuditFilterForm(forms.Form):
    """What the log is narrowed to, with the choices that stand in it."""

    q = forms.CharField(label=_("Object or reason"), required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    object = forms.ChoiceField(label=_("Object"), required=False)
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ModelChoiceField(
            label=_("Who"),
            queryset=Person.objects.visible_to(person),
            required=False,
            empty_label=_("Everybody"),
        )
        actions = [(code, action_label(code)) for code in audit_actions(person)]
        self._choices("action", _("All actions"), sorted(actions, key=lambda a: a[1]))
        kinds = [(kind, object_label(kind)) for kind in audit_object_types(person)]
        self._choices("object", _("All objects"), kinds)
        self.order_fields(["q", "person", "action", "object", "since", "until"])

    def _choices(
        self, name: str, all_of_them: Any, known: list[tuple[str, str]]
    ) -> None:
        field = self.fields[name]
        field.choices = [("", all_of_them), *known]  # type: ignore[attr-defined]

    def filter(self) -> AuditFilter:
        """Return the filter; a field not understood narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        until = given.get("until")
        return AuditFilter(
            actor=given.get("person"),
            action=given.get("action", ""),
            object_type=given.get("object", ""),
            search=given.get("q", ""),
            since=_start_of(given.get("since")),
            until=_start_of(until + dt.timedelta(days=1) if until else None),
        )


def _start_of(day: dt.date | None) -> dt.datetime | None:
    """Return when the day begins where the reader is."""
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
