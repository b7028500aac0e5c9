"""Forms of notices: how one person wishes to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Person
from zhiyin.act.notices.models import NoticeAddress, Pace, Way
from zhiyin.act.notices.queries import Wish, wishes_of
from zhiyin.act.notices.services import PersonalWishes


@dataclass(frozen=True)
class Row:
    """The choices for one kind of notice, as the page shows them."""

    wish: Wish
    page: forms.BoundField
    ways: list[forms.BoundField]
    pace: forms.BoundField


class WishesForm(forms.Form):
    """One row per kind: the ways, how often, and where outside the page."""

    wecom_user_id = forms.CharField(
        label=_("WeCom user id"),
        help_text=_("Your account in WeCom, as its administrator knows it."),
        max_length=64,
        required=False,
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("until"),
        help_text=_("What falls between waits for the end; the page shows it at once."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        self.wishes = wishes_of(person)
        kept = NoticeAddress.objects.filter(person=person).first()
        known = kept or NoticeAddress(person=person)
        initial = {
            name: getattr(known, name)
            for name in ("wecom_user_id", "quiet_from", "quiet_until")
        }
        super().__init__(data, initial=initial)
        for number, wish in enumerate(self.wishes):
            self._add(number, wish)

    def _add(self, number: int, wish: Wish) -> None:
        label = str(wish.kind.label)
        self.fields[f"page-{number}"] = _tick(
            _("%(kind)s: on the page") % {"kind": label},
            is_on=wish.in_page,
            is_fixed=wish.kind.is_essential,
        )
        for way in Way:
            self.fields[f"{way}-{number}"] = _tick(
                f"{label}: {way.label}",
                is_on=way in wish.ways,
            )
        self.fields[f"pace-{number}"] = forms.ChoiceField(
            label=_("%(kind)s: how often") % {"kind": label},
            choices=Pace.choices,
            initial=wish.pace,
        )

    @property
    def rows(self) -> list[Row]:
        """Return the kinds with their fields."""
        return [
            Row(
                wish,
                self[f"page-{number}"],
                [self[f"{way}-{number}"] for way in Way],
                self[f"pace-{number}"],
            )
            for number, wish in enumerate(self.wishes)
        ]

    @property
    def chosen(self) -> list[Wish]:
        """Return the wishes as chosen; the form is valid."""
        given = self.cleaned_data
        return [
            Wish(
                wish.kind,
                in_page=bool(given.get(f"page-{number}")),
                ways=tuple(str(way) for way in Way if given.get(f"{way}-{number}")),
                pace=given[f"pace-{number}"],
            )
            for number, wish in enumerate(self.wishes)
        ]

    @property
    def where(self) -> PersonalWishes:
        """Return where and when the person may be reached; the form is valid."""
        given = self.cleaned_data
        return PersonalWishes(
            wecom_user_id=given["wecom_user_id"].strip(),
            quiet_from=given["quiet_from"],
            quiet_until=given["quiet_until"],
        )


def _tick(label: Any, *, is_on: bool, is_fixed: bool = False) -> forms.BooleanField:
    return forms.BooleanField(
        label=label,
        initial=is_on,
        required=False,
        disabled=is_fixed,
        widget=forms.CheckboxInput(attrs={"aria-label": str(label)}),
    )
