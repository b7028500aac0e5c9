"""Forms about people: finding, inviting, giving roles, coming in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.forms.choices import DepartmentField, LanguageField
from zhiyin.accounts.models import DEPARTMENT_ROLES, ColleagueInvitation, Person, Role
from zhiyin.accounts.queries import PeopleFilter
from zhiyin.accounts.services import Grant, Invitee


class PeopleFilterForm(forms.Form):
    """What the list of people is narrowed to."""

    q = forms.CharField(label=_("Name or e-mail"), required=False)
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=lambda: [("", _("All roles")), *Role.choices],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("active", _("Active")),
            ("inactive", _("Deactivated")),
            ("all", _("All")),
        ],
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = DepartmentField(
            person=person,
            label=_("Department"),
            required=False,
            empty_label=_("All departments"),
        )

    def filter(self) -> PeopleFilter:
        """Return the filter; what is not understood narrows nothing."""
        given = self.cleaned_data if self.is_valid() else {}
        return PeopleFilter(
            search=given.get("q", ""),
            role=given.get("role", ""),
            department=given.get("department"),
            state=given.get("state") or "active",
        )


class GrantForm(forms.Form):
    """A role in a department, or in the whole organisation."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = DepartmentField(
            person=person,
            label=_("Department"),
            required=False,
            empty_label=_("Whole organisation"),
            help_text=_("The role reaches this department and everything below it."),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for a department where the role answers for one and there are some."""
        given = super().clean() or {}
        departments = self.fields["department"].queryset  # type: ignore[attr-defined]
        if (
            given.get("role") in DEPARTMENT_ROLES
            and not given.get("department")
            and "department" not in self.errors
            and departments.exists()
        ):
            self.add_error("department", _("This role needs a department."))
        return given

    def grant(self) -> Grant:
        """Return the role as the services take it."""
        return Grant(self.cleaned_data["role"], self.cleaned_data["department"])


class InvitationForm(GrantForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    language = LanguageField(help_text=_("The language of the mail."))

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        self.order_fields(["email", "name", "role", "department", "language"])

    def invitee(self) -> Invitee:
        """Return the invitation as the services take it."""
        given = self.cleaned_data
        return Invitee(given["email"], given["name"], self.grant(), given["language"])


class AcceptInvitationForm(forms.Form):
    """How somebody invited comes in."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    password = forms.CharField(
        label=_("Password"),
        help_text=_(
            "At least 10 characters; not a common password, not only digits, not "
            "your name.",
        ),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    language = LanguageField()

    def __init__(
        self,
        *args: Any,
        invitation: ColleagueInvitation,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._invitation = invitation

    def clean(self) -> dict[str, Any]:
        """Check that both passwords are one, and strong enough."""
        given = super().clean() or {}
        password, again = given.get("password"), given.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", _("The two passwords differ."))
        elif password:
            person = Person(email=self._invitation.email, name=given.get("name", ""))
            try:
                validate_password(password, person)
            except ValidationError as refusal:
                self.add_error("password", refusal)
        return given
