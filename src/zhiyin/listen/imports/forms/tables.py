"""What people say about a file of customers or of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.imports.forms.columns import DATE_ORDERS
from zhiyin.listen.imports.models import (
    CUSTOMER_ROLES,
    EVENT_ROLES,
    FEEDBACK_ROLES,
    ColumnRule,
    ImportKind,
    ImportMapping,
    TableRole,
)
from zhiyin.listen.imports.models.tables import FIELD_ROLES

ROLES = {
    ImportKind.CUSTOMERS: CUSTOMER_ROLES,
    ImportKind.EVENTS: EVENT_ROLES,
    ImportKind.FEEDBACK: FEEDBACK_ROLES,
}
_NUMBERED = (*FIELD_ROLES, TableRole.EVENT_ATTRIBUTE)


class TableForm(forms.Form):
    """What holds for every row of the files; it depends on what they are."""

    date = forms.DateField(
        label=_("As of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day as of which the file says what is known."),
    )
    event_kind = forms.CharField(
        label=_("Kind of event"),
        max_length=80,
        required=False,
        help_text=_("What all rows are, where no column says it: hall_visit."),
    )
    date_order = forms.ChoiceField(
        label=_("Order in dates"),
        choices=DATE_ORDERS,
        required=False,
    )
    time_zone = forms.CharField(label=_("Time zone"), max_length=60)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unused = {
            ImportKind.CUSTOMERS: ("event_kind", "date_order", "time_zone"),
            ImportKind.FEEDBACK: ("date", "event_kind"),
        }
        for name in unused.get(ImportKind(kind), ("date",)):
            del self.fields[name]
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


def read_table_mapping(
    kind: str,
    data: Mapping[str, str],
    columns: Iterable[Mapping[str, Any]],
    whole: Mapping[str, Any],
) -> ImportMapping:
    """Return the mapping a submitted page stands for."""
    roles = ROLES[ImportKind(kind)]
    date = whole.get("date")
    return ImportMapping(
        columns=tuple(
            _rule(roles, data, place, column) for place, column in enumerate(columns)
        ),
        date=date.isoformat() if date else "",
        date_order=str(whole.get("date_order", "")),
        time_zone=str(whole.get("time_zone", "Asia/Shanghai")),
        event_kind=str(whole.get("event_kind", "")).strip(),
    )


def _rule(
    roles: Iterable[str],
    data: Mapping[str, str],
    place: int,
    column: Mapping[str, Any],
) -> ColumnRule:
    role = data.get(f"role-{place}", "")
    if role not in roles:
        role = TableRole.IGNORE
    is_number = role in _NUMBERED and data.get(f"number-{place}") == "on"
    return ColumnRule(name=column["name"], role=role, is_number=is_number)
