"""A case that a person opens by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Department, Person
from zhiyin.act.cases.forms.acts import people_for_cases
from zhiyin.act.cases.models import CaseLevel
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import Touchpoint

BY_RULE = gettext_lazy("by the rules")


class NewCaseForm(forms.Form):
    customer_key = forms.CharField(
        label=gettext_lazy("customer's number"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("As the customer is known here; it is shown masked."),
    )
    summary = forms.CharField(
        label=gettext_lazy("what the customer says"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=300,
    )
    touchpoint = forms.ChoiceField(label=gettext_lazy("touchpoint"), required=False)
    level = forms.ModelChoiceField(
        label=gettext_lazy("level"),
        queryset=CaseLevel.objects.none(),
        required=False,
        empty_label=BY_RULE,
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("department"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=gettext_lazy("the customer's"),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("owner"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=BY_RULE,
    )

    def __init__(
        self, *args: Any, person: Person, customer: Customer | None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.person, self.customer = person, customer
        if customer is not None:
            del self.fields["customer_key"]
        rows = Touchpoint.objects.visible_to(person).filter(is_active=True)
        choices = [("", _("none")), *((one.code, one.name) for one in rows)]
        levels = CaseLevel.objects.visible_to(person).filter(is_active=True)
        places = Department.objects.visible_to(person).active()
        self.fields["touchpoint"].choices = choices  # type: ignore[attr-defined]
        self.fields["level"].queryset = levels  # type: ignore[attr-defined]
        self.fields["department"].queryset = places  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people_for_cases(person)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A case is about somebody."""
        given = super().clean() or {}
        if self.customer is None and not given.get("customer_key"):
            raise ValidationError(_("Give the customer's number."))
        return given
