"""What people say about files and columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.imports.models import ColumnRule, ImportMapping, Metric, Role
from zhiyin.listen.imports.services import score_rule
from zhiyin.listen.programs.models import Stream

ENCODINGS = [
    ("", _("detect")),
    ("utf-8-sig", "UTF-8"),
    ("gb18030", "GB18030 / GBK"),
    ("big5", "Big5"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252"),
]
DELIMITERS = [
    ("", _("detect")),
    ("comma", _("comma ,")),
    ("tab", _("tab")),
    ("pipe", _("vertical bar |")),
    ("semicolon", _("semicolon ;")),
    ("space", _("spaces")),
]
DATE_ORDERS = [
    ("", _("as written: year first, or beyond doubt")),
    ("dmy", _("day first: 31/12/2026")),
    ("mdy", _("month first: 12/31/2026")),
]
_SEPARATORS = re.compile(r"[,，;；、\n]+")


class ReadingForm(forms.Form):
    """How one file is read, where detection was wrong."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    delimiter = forms.ChoiceField(
        label=_("Delimiter"),
        choices=DELIMITERS,
        required=False,
    )
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header = forms.IntegerField(
        label=_("Header row"),
        required=False,
        min_value=0,
        max_value=1000,
        help_text=_("0 if there is none; empty to detect it"),
    )

    def __init__(self, *args: Any, sheets: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, name) for name in sheets]
        self.fields["sheet"].choices = [("", _("first with rows")), *names]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            css = "form-control" if name == "header" else "form-select"
            field.widget.attrs["class"] = css

    def reading(self) -> dict[str, str]:
        """Return what was said, as text."""
        given = self.cleaned_data
        return {
            name: str(value) for name, value in given.items() if value not in (None, "")
        }


class WholeFileForm(forms.Form):
    """What holds for every row of the files."""

    stream = forms.ChoiceField(label=_("Stream"), choices=Stream.choices)
    date = forms.DateField(
        label=_("Date of all answers"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only where no column holds the time."),
    )
    date_order = forms.ChoiceField(
        label=_("Order in dates"),
        choices=DATE_ORDERS,
        required=False,
    )
    time_zone = forms.CharField(label=_("Time zone"), max_length=60)
    wave = forms.RegexField(
        label=_("Wave"),
        regex=r"^[\w.-]*$",
        max_length=60,
        required=False,
        help_text=_("A code such as 2026-H1; a new one makes a new wave."),
        error_messages={
            "invalid": _("Letters, digits, dots, hyphens and underscores only."),
        },
    )
    touchpoint = forms.ChoiceField(label=_("Touchpoint"), required=False)
    channel = forms.CharField(label=_("Channel"), max_length=20, required=False)

    def __init__(
        self, *args: Any, touchpoints: Iterable[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *touchpoints]
        self.fields["touchpoint"].choices = choices  # type: ignore[attr-defined]
        self.fields["time_zone"].widget.attrs["list"] = "time-zones"
        self.fields["wave"].widget.attrs["list"] = "waves"
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


def read_mapping(
    data: Mapping[str, str],
    columns: Iterable[Mapping[str, Any]],
    whole: Mapping[str, Any],
) -> ImportMapping:
    """Return the mapping a submitted page stands for.

    `columns` are the file's columns as found, `whole` the cleaned `WholeFileForm`.
    """
    rules = tuple(_rule(data, place, column) for place, column in enumerate(columns))
    given = dict(whole)
    date = given.pop("date", None)
    mapping = ImportMapping(
        columns=rules,
        date=date.isoformat() if date else "",
        **{name: str(value or "") for name, value in given.items()},
    )
    return mapping.settled()


def _rule(data: Mapping[str, str], place: int, column: Mapping[str, Any]) -> ColumnRule:
    def given(name: str) -> str:
        return str(data.get(f"{name}-{place}", "")).strip()

    role = given("role")
    if role not in Role.values:
        role = Role.IGNORE
    metric = given("metric")
    if role == Role.SCORE and metric not in Metric.values:
        # The column became a score just now: offer what its values show.
        return score_rule(column)
    is_score = role == Role.SCORE
    return ColumnRule(
        name=column["name"],
        role=role,
        metric=metric if is_score else "",
        scale_min=_whole(given("min")) if is_score else None,
        scale_max=_whole(given("max")) if is_score else None,
        is_primary=is_score and data.get("primary") == str(place),
        is_number=_is_number(data, place, column),
        has_zero=is_score and given("zero") == "on",
        missing=tuple(_listed(given("missing"))),
        labels=dict(_labelled(given("labels"))),
    )


def _is_number(data: Mapping[str, str], place: int, column: Mapping[str, Any]) -> bool:
    """Read the box if the column had one on the page, else believe what was found."""
    if f"asked-{place}" in data:
        return data.get(f"number-{place}") == "on"
    return bool(column["is_number"])


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d{1,3}", text) else None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def _labelled(text: str) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in text.splitlines())
    return [
        (code.strip(), label.strip())
        for code, equals, label in pairs
        if equals and code.strip()
    ]
