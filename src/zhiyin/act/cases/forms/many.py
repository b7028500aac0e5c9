"""The forms of what is done with many cases at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.act.cases.forms.acts import people_for_cases
from zhiyin.act.cases.models import Case, CaseLevel


class ManyForm(forms.Form):
    """What every form on many cases knows."""

    def __init__(
        self, *args: Any, cases: list[Case], person: Person, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.cases, self.person = cases, person
        self.prepare()

    def prepare(self) -> None:
        """Fill what depends on the cases."""


class AssignManyForm(ManyForm):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("owner"), queryset=Person.objects.none()
    )

    def prepare(self) -> None:
        """Offer whoever works on cases."""
        self.fields["owner"].queryset = people_for_cases(self.person)  # type: ignore[attr-defined]


class LevelManyForm(ManyForm):
    level = forms.ModelChoiceField(
        label=gettext_lazy("level"), queryset=CaseLevel.objects.none()
    )
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300)

    def prepare(self) -> None:
        """Offer the levels in use."""
        rows = CaseLevel.objects.visible_to(self.person).filter(is_active=True)
        self.fields["level"].queryset = rows  # type: ignore[attr-defined]


class MergeManyForm(ManyForm):
    """One of the chosen stays; the others are merged into it."""

    into = forms.ChoiceField(label=gettext_lazy("the case that stays"))

    def prepare(self) -> None:
        """Offer the chosen cases, the oldest first."""
        ordered = sorted(self.cases, key=lambda case: case.number)
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (str(case.pk), f"{case.number} · {case.customer or '–'}")
            for case in ordered
        ]

    def clean_into(self) -> Case:
        """Return the case that stays."""
        chosen = self.cleaned_data["into"]
        if len(self.cases) < 2:  # noqa: PLR2004 one case alone has nothing to join.
            raise ValidationError(_("Choose two cases at least."))
        return next(case for case in self.cases if str(case.pk) == chosen)


class DuplicateManyForm(ManyForm):
    """All of the chosen are duplicates of another case."""

    into = forms.IntegerField(
        label=gettext_lazy("number of the case that stays"), min_value=1
    )

    def clean_into(self) -> Case:
        """Return the case that stays, which is none of the chosen."""
        number = self.cleaned_data["into"]
        rows = Case.objects.visible_to(self.person).filter(number=number)
        found = rows.exclude(pk__in=[case.pk for case in self.cases]).first()
        if found is None:
            raise ValidationError(
                _("You see no other case %(n)s beside the chosen ones.") % {"n": number}
            )
        return found
