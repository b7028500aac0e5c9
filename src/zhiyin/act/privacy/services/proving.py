"""What an erasure will take, what it leaves, and the proof of it, for pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhiyin.act.privacy.models import Erasure, ErasureStep
from zhiyin.act.privacy.services.erasing import WAITS_FOR
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import held_by, places, subject_of


@dataclass(frozen=True)
class PlaceLine:
    """One place on the page: how much is there, and what is left afterwards."""

    label: str
    count: int
    stays: str
    step: ErasureStep | None = None


def forecast(customer: Customer) -> list[PlaceLine]:
    """Return what would go from each place; nothing is changed."""
    held = held_by(subject_of(customer))
    return [
        PlaceLine(str(place.label), len(held[place.name]), str(place.stays))
        for place in places()
    ]


def proof_of(erasure: Erasure) -> list[PlaceLine]:
    """Return what went from each place, and when."""
    known = {place.name: place for place in places()}
    return [
        PlaceLine(
            str(known[step.place].label) if step.place in known else step.place,
            step.erased,
            str(known[step.place].stays) if step.place in known else "",
            step,
        )
        for step in erasure.steps.all()
    ]


def waits_for(erasure: Erasure) -> str:
    """Return what an erasure waits for, in words."""
    known = {place.name: str(place.label) for place in places()}
    code = erasure.waits_for
    return _(WAITS_FOR[code]) if code in WAITS_FOR else known.get(code, code)
