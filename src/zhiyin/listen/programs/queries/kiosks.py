"""Kiosks: found by their code, listed with what has arrived."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from zhiyin.accounts.models import Person
from zhiyin.listen.programs.models import KioskDevice, SurveyLink


def kiosk_of(slug: str, code: str) -> KioskDevice | None:
    """Return the device at an address, revoked or not, with the link it asks."""
    rows = KioskDevice.objects.select_related("link__instrument", "link__organisation")
    return rows.filter(link__slug=slug, code=code).first()


def kiosks_visible(person: Person) -> QuerySet[KioskDevice]:
    """Return the devices a person may see."""
    rows: QuerySet[KioskDevice] = KioskDevice.objects.visible_to(person)
    return rows.select_related("link", "department").annotate(
        answered=Count("answers"),
    )


def kiosks_of(person: Person, link: SurveyLink) -> QuerySet[KioskDevice]:
    """Return the devices registered under a link."""
    return kiosks_visible(person).filter(link=link)
