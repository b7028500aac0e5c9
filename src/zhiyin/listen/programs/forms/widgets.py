"""The form of a widget: where, when and how often a survey is asked on a site."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.listen.programs.models import SurveyLink, Widget
from zhiyin.listen.programs.queries.widgets import NAME, clean_origin

MOST_LINES = 50
LONGEST_LINE = 300
YEAR = 365
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SEPARATORS = re.compile(r"[\n,，、;；]+")


class LinesField(forms.CharField):
    """Several short texts, one per line or between commas; its value is a list."""

    def __init__(self, *, rows: int = 2, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": rows}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the texts, each once, in their order."""
        parts = _SEPARATORS.split(str(super().clean(value)))
        lines = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        if len(lines) > MOST_LINES or any(len(each) > LONGEST_LINE for each in lines):
            raise forms.ValidationError(
                _("At most %(count)s entries of %(length)s characters.")
                % {"count": MOST_LINES, "length": LONGEST_LINE}
            )
        return lines


class WidgetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A widget; what is empty sets no condition."""

    origins = LinesField(
        label=gettext_lazy("Sites that may ask"),
        help_text=gettext_lazy("One per line, such as https://shop.example"),
    )
    urls = LinesField(
        label=gettext_lazy("Only on these pages"),
        required=False,
        help_text=gettext_lazy(
            "One pattern per line, such as /help/* – a star stands for anything.",
        ),
    )
    events = LinesField(
        label=gettext_lazy("After one of these events"),
        required=False,
        rows=1,
        help_text=gettext_lazy('As the page tells them: zhiyin.track("paid")'),
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("After seconds on the page"),
        min_value=1,
        max_value=3600,
        required=False,
    )
    scroll = forms.IntegerField(
        label=gettext_lazy("After scrolling so many percent"),
        min_value=1,
        max_value=100,
        required=False,
    )
    exit = forms.BooleanField(
        label=gettext_lazy("When the pointer leaves the page at the top"),
        required=False,
    )
    share = forms.IntegerField(
        label=gettext_lazy("Percent of visitors"),
        min_value=1,
        max_value=100,
        initial=100,
    )
    after_answer = forms.IntegerField(
        label=gettext_lazy("Days after an answer"),
        min_value=1,
        max_value=YEAR,
        initial=90,
        required=False,
        help_text=gettext_lazy("Empty: never again."),
    )
    after_dismissal = forms.IntegerField(
        label=gettext_lazy("Days after closing it"),
        min_value=1,
        max_value=YEAR,
        initial=30,
        required=False,
        help_text=gettext_lazy("Empty: never again."),
    )
    said = LinesField(
        label=gettext_lazy("What the page may tell without a signature"),
        required=False,
        rows=1,
        help_text=gettext_lazy("Names of attributes, such as plan, page_kind."),
    )

    WHEN = ("urls", "events", "seconds", "scroll", "exit")
    OFTEN = ("share", "after_answer", "after_dismissal")

    class Meta:
        model = Widget
        fields = ("name", "link", "shape", "corner", "accent", "origins", "said")
        widgets = {"accent": forms.TextInput({"type": "color"})}

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        kept = {**self.instance.triggers, **self.instance.frequency}
        if self.instance.pk:
            for name in (*self.WHEN, *self.OFTEN):
                self.initial[name] = kept.get(name)
        link: Any = self.fields["link"]
        link.queryset = SurveyLink.objects.visible_to(person).filter(is_personal=False)
        link.help_text = _("Answers belong to this link, with the channel web widget.")

    def clean_origins(self) -> list[str]:
        """Refuse what is no origin of a site."""
        try:
            given = self.cleaned_data["origins"]
            return list(dict.fromkeys(clean_origin(each) for each in given))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_said(self) -> list[str]:
        """Refuse names that a page could not send."""
        for each in self.cleaned_data["said"]:
            if not NAME.fullmatch(each):
                raise forms.ValidationError(
                    _("A name has letters, digits and _ only; received %s.") % each
                )
        return list(self.cleaned_data["said"])

    def clean_accent(self) -> str:
        """Refuse what is no colour."""
        colour = str(self.cleaned_data["accent"]).lower()
        if not _COLOUR.fullmatch(colour):
            raise forms.ValidationError(_("A colour is written like #0b6e66."))
        return colour

    def groups(self) -> list[tuple[str, list[Any]]]:
        """Return the fields in the groups in which they are asked."""
        look = ("name", "link", "origins", "shape", "corner", "accent")
        parts = (
            (_("Widget"), look),
            (_("When it is asked"), self.WHEN),
            (_("How often it is asked"), self.OFTEN),
            (_("About the visitor"), ("said",)),
        )
        return [(title, [self[name] for name in names]) for title, names in parts]

    def made(self) -> Widget:
        """Return the unsaved widget as filled in."""
        widget: Widget = self.save(commit=False)
        widget.organisation = self.person.organisation
        data = self.cleaned_data
        widget.triggers = {name: data[name] for name in self.WHEN if data[name]}
        widget.frequency = {name: data[name] for name in self.OFTEN}
        return widget
