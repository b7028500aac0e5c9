"""The form of printed codes: for which departments, for which employees."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Department, Person
from zhiyin.listen.programs.forms.widgets import LinesField
from zhiyin.listen.programs.queries.codes import departments_for_codes

LONGEST_EMPLOYEE = 80
MOST_AT_ONCE = 500


class CodesForm(forms.Form):
    """Departments, employees, or employees within departments."""

    departments = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.SelectMultiple({"size": 8}),
    )
    employees = LinesField(
        label=gettext_lazy("Employees"),
        required=False,
        rows=4,
        help_text=gettext_lazy(
            "One staff number per line; each gets a code in each department chosen.",
        ),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments: Any = self.fields["departments"]
        departments.queryset = departments_for_codes(person)

    def clean_employees(self) -> list[str]:
        """Refuse what is too long to be recorded with an answer."""
        given = list(self.cleaned_data["employees"])
        if any(len(each) > LONGEST_EMPLOYEE for each in given):
            raise forms.ValidationError(
                _("A staff number has at most %s characters.") % LONGEST_EMPLOYEE
            )
        return given

    def clean(self) -> dict[str, Any]:
        """Ask for somebody, and for no more codes than fit a print run."""
        cleaned: dict[str, Any] = super().clean() or {}
        departments, employees = self.chosen(), cleaned.get("employees") or []
        if not employees and departments == [None]:
            raise forms.ValidationError(_("Choose departments or name employees."))
        if len(departments) * max(len(employees), 1) > MOST_AT_ONCE:
            raise forms.ValidationError(
                _("At most %s codes are made at once.") % MOST_AT_ONCE
            )
        return cleaned

    def chosen(self) -> list[Department | None]:
        """Return the departments chosen; of nobody's department if there is none."""
        return list(self.cleaned_data.get("departments") or [None])
