"""Choices that several forms offer."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, Person

# The zones our first users live in come first; every other one follows by name.
_NEAR_ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Macau",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)


def time_zones() -> list[tuple[str, Any]]:
    """Return every time zone in two groups."""
    others = sorted(zoneinfo.available_timezones() - set(_NEAR_ZONES))
    shown = [zone for zone in others if "/" in zone and not zone.startswith("Etc/")]
    return [
        (str(_("Often used")), [(zone, zone) for zone in _NEAR_ZONES]),
        (str(_("All")), [(zone, zone) for zone in shown]),
    ]


class LanguageField(forms.ChoiceField):
    """One of the languages the pages speak."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=settings.LANGUAGES, label=_("Language"), **kwargs)


class TimeZoneField(forms.ChoiceField):
    """One of the time zones of the world."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=time_zones, label=_("Time zone"), **kwargs)


if TYPE_CHECKING:
    _DepartmentChoice = forms.ModelChoiceField[Department]
else:
    _DepartmentChoice = forms.ModelChoiceField


class DepartmentField(_DepartmentChoice):
    """An active department of the person's organisation, shown as a tree."""

    def __init__(self, *, person: Person, **kwargs: Any) -> None:
        departments = Department.objects.visible_to(person).active()
        super().__init__(queryset=departments.order_by("path"), **kwargs)

    def label_from_instance(self, obj: Department) -> str:
        return f"{'　' * obj.depth}{obj.name}"
