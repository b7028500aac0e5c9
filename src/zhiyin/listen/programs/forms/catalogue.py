"""Touchpoints, waves, links, and lists of customers to ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Department, Person
from zhiyin.common import clock
from zhiyin.listen.programs.models import (
    Channel,
    Programme,
    Stream,
    SurveyLink,
    Touchpoint,
    Trigger,
    Wave,
)
from zhiyin.listen.programs.services import Invitee, read_invitees
from zhiyin.listen.surveys.models import Instrument

LARGEST_LIST_BYTES = 2 * 1024 * 1024


class TouchpointForm(forms.ModelForm):  # type: ignore[type-arg]
    """A touchpoint with its names; the code is fixed once answers refer to it."""

    class Meta:
        model = Touchpoint
        fields = ("code", "name", "stage", "owner", "is_surveyed")
        help_texts = {"code": gettext_lazy("Answers refer to it; it never changes.")}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        owner: Any = self.fields["owner"]
        owner.queryset = Department.objects.visible_to(person).active()
        owner.empty_label = _("nobody yet")
        if self.instance.pk:
            self.fields["code"].disabled = True
        for code, name in settings.LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=_("Name in questions, %(language)s") % {"language": name},
                max_length=120,
                required=False,
                initial=self.instance.names.get(code, ""),
            )

    def clean_code(self) -> str:
        """Refuse a code that the organisation has already."""
        code = str(self.cleaned_data["code"])
        others = Touchpoint.objects.visible_to(self.person).filter(code=code)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("There is already a touchpoint with the code %(code)s.")
                % {"code": code},
            )
        return code

    def touchpoint(self) -> Touchpoint:
        """Return the unsaved touchpoint as filled in."""
        made: Touchpoint = self.save(commit=False)
        made.organisation = self.person.organisation
        made.names = {
            code: self.cleaned_data[f"name_{code}"]
            for code, _name in settings.LANGUAGES
            if self.cleaned_data[f"name_{code}"]
        }
        return made


def _date(attrs: dict[str, Any] | None = None) -> forms.DateInput:
    return forms.DateInput({"type": "date", **(attrs or {})}, format="%Y-%m-%d")


class WaveForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Wave
        fields = (
            "code",
            "name",
            "programme",
            "starts_on",
            "ends_on",
            "locked_until",
        )
        widgets = {
            "starts_on": _date(),
            "ends_on": _date(),
            "locked_until": forms.DateTimeInput(
                {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        }
        help_texts = {
            "code": gettext_lazy("Answers refer to it; it never changes."),
            "programme": gettext_lazy(
                "Its customers are drawn on the first day; without one only links ask."
            ),
            "locked_until": gettext_lazy(
                "Until then people who answer for a department do not see who is "
                "asked there."
            ),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        programme: Any = self.fields["programme"]
        programme.queryset = Programme.objects.visible_to(person).filter(
            trigger=Trigger.WAVE
        )
        programme.empty_label = _("none")
        if self.instance.pk:
            self.fields["code"].disabled = True
        if self.instance.frame_built_at:
            # Whom the wave asks is drawn: another programme would ask others.
            programme.disabled = True

    def clean(self) -> dict[str, Any]:
        """Refuse a wave that ends before it begins, and a code used twice."""
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("A wave ends on or after the day it begins."))
        others = Wave.objects.visible_to(self.person).filter(code=cleaned.get("code"))
        if others.exclude(pk=self.instance.pk).exists():
            self.add_error("code", _("There is already a wave with this code."))
        return cleaned

    def wave(self) -> Wave:
        """Return the unsaved wave as filled in."""
        made: Wave = self.save(commit=False)
        made.organisation = self.person.organisation
        return made


class LinkForm(forms.ModelForm):  # type: ignore[type-arg]
    """A link; what it says about its answers is fixed once there are some."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices)

    class Meta:
        model = SurveyLink
        fields = (
            "name",
            "instrument",
            "stream",
            "touchpoint",
            "wave",
            "channel",
            "department",
            "closes_at",
        )
        widgets = {
            "closes_at": forms.DateTimeInput(
                {"type": "datetime-local"},
                format="%Y-%m-%dT%H:%M",
            ),
        }
        help_texts = {
            "stream": gettext_lazy(
                "Relationship and transactional answers are never mixed in one score.",
            ),
            "touchpoint": gettext_lazy("Needed for a transactional link."),
            "department": gettext_lazy("Answers belong to this department."),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        choices: dict[str, Any] = {
            "instrument": Instrument.objects.visible_to(person).filter(
                is_archived=False,
                is_imported=False,
                versions__published_at__isnull=False,
            ),
            "touchpoint": Touchpoint.objects.visible_to(person).filter(is_active=True),
            "wave": Wave.objects.visible_to(person),
            "department": Department.objects.visible_to(person).active(),
        }
        for name, rows in choices.items():
            field: Any = self.fields[name]
            field.queryset = rows.distinct()
        if self.instance.pk:
            # Answers carry these: changing them would mix two things in one link.
            for name in ("instrument", "stream", "touchpoint"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Ask a transactional link for its touchpoint."""
        cleaned: dict[str, Any] = super().clean() or {}
        transactional = cleaned.get("stream") == Stream.TRANSACTIONAL
        if transactional and not cleaned.get("touchpoint"):
            self.add_error(
                "touchpoint",
                _("Choose the touchpoint after which customers are asked."),
            )
        return cleaned

    def link(self) -> SurveyLink:
        """Return the unsaved link as filled in."""
        made: SurveyLink = self.save(commit=False)
        made.organisation = self.person.organisation
        return made


class PeopleForm(forms.Form):
    """A pasted or uploaded list of customers who get a link each."""

    pasted = forms.CharField(
        label=gettext_lazy("Customer keys"),
        required=False,
        widget=forms.Textarea({"rows": 8}),
        help_text=gettext_lazy(
            "One per line. Or CSV whose first line names the columns, such as "
            "customer,city,date; further columns are recorded with the answer.",
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a CSV file in UTF-8"),
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("as the customer's browser")), *settings.LANGUAGES],
        required=False,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Valid for how many days"),
        min_value=1,
        max_value=365,
        initial=7,
    )

    invitees: list[Invitee]

    def clean(self) -> dict[str, Any]:
        """Read the list, so that what is wrong with it is said at once."""
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            self.invitees = read_invitees(self._text(cleaned))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return cleaned

    @staticmethod
    def _text(cleaned: dict[str, Any]) -> str:
        file = cleaned.get("file")
        if file is None:
            return str(cleaned.get("pasted") or "")
        if file.size > LARGEST_LIST_BYTES:
            raise ValueError(
                _("The file has %(size)s bytes; at most %(limit)s are read.")
                % {"size": file.size, "limit": LARGEST_LIST_BYTES},
            )
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ValueError(
                _("The file is not UTF-8. Save it as “CSV UTF-8” and send it again."),
            ) from error

    def expires_at(self) -> dt.datetime:
        """Return when the links stop working."""
        return clock.now() + dt.timedelta(days=self.cleaned_data["days"])
