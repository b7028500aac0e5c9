"""The form of an IVR source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Department, Person
from zhiyin.listen.calls.models import IvrSource
from zhiyin.listen.programs.models import SurveyLink

MOST_NAMES, LONGEST_NAME = 500, 80


class IvrSourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A source: which link its answers belong to, and how its payload is read."""

    named = forms.CharField(
        label=gettext_lazy("Departments"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy(
            "One per line: what the call centre calls it = our code, such as "
            "6500 = HOTLINE. A department's own code needs no line.",
        ),
    )

    class Meta:
        model = IvrSource
        fields = (
            "name",
            "link",
            "caller_field",
            "agent_field",
            "department_field",
            "is_enabled",
        )
        help_texts = {
            "link": gettext_lazy(
                "It says which questionnaire is answered, and after which touchpoint.",
            ),
            "caller_field": gettext_lazy("The name of the field in the payload."),
        }

    field_order = [
        "name",
        "link",
        "caller_field",
        "agent_field",
        "department_field",
        "named",
        "is_enabled",
    ]

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        link: Any = self.fields["link"]
        links = SurveyLink.objects.visible_to(person).filter(is_personal=False)
        link.queryset = links.exclude(instrument__is_anonymous=True)
        named = self.instance.departments
        self.fields["named"].initial = "\n".join(f"{k} = {v}" for k, v in named.items())

    def clean_named(self) -> dict[str, str]:
        """Return their names to our codes; refuse a code that no department has."""
        named: dict[str, str] = {}
        for line in self.cleaned_data["named"].splitlines():
            if not line.strip():
                continue
            name, _equals, code = (part.strip() for part in line.rpartition("="))
            if not name or not code:
                message = _("“%(line)s” is not written as name = code.")
                raise forms.ValidationError(message % {"line": line.strip()})
            named[name[:LONGEST_NAME]] = code
        if len(named) > MOST_NAMES:
            message = _("At most %(most)s lines.")
            raise forms.ValidationError(message % {"most": MOST_NAMES})
        rows = Department.objects.visible_to(self.person)
        known = set(rows.values_list("code", flat=True))
        unknown = sorted(set(named.values()) - known)
        if unknown:
            message = _("There is no department with the code %(codes)s.")
            raise forms.ValidationError(message % {"codes": ", ".join(unknown)})
        return named

    def source(self) -> IvrSource:
        """Return the unsaved source as filled in."""
        made: IvrSource = self.save(commit=False)
        made.organisation = self.person.organisation
        made.departments = self.cleaned_data["named"]
        return made
