"""A new questionnaire, from a template or from a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy

from zhiyin.listen.surveys.queries import standard_choices


class NewInstrumentForm(forms.Form):
    standard = forms.ChoiceField(
        label=gettext_lazy("Template"),
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty takes the template's name."),
    )
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "Answers refer to it; it never changes. Empty takes the template's code.",
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = standard_choices(get_language() or settings.LANGUAGE_CODE)
        self.fields["standard"].choices = choices  # type: ignore[attr-defined]
        self.fields["standard"].initial = choices[0][0]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "LimeSurvey .lss or .txt, Qualtrics .qsf, or a questionnaire exported "
            "from here as .json.",
        ),
    )
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Empty takes the code in the file."),
    )
