"""Printed codes: found at their address, listed with their answers."""

from __future__ import annotations

from django.db.models import QuerySet

from zhiyin.accounts.models import Department, Person
from zhiyin.listen.programs.models import LinkCode, SurveyLink


def code_of(link: SurveyLink, code: str) -> LinkCode | None:
    """Return the code in use at a link's address, or None."""
    return LinkCode.objects.filter(link=link, code=code, is_active=True).first()


def codes_of(person: Person, link: SurveyLink) -> QuerySet[LinkCode]:
    """Return the codes of a link, by department and employee."""
    rows: QuerySet[LinkCode] = LinkCode.objects.visible_to(person).filter(link=link)
    return rows.select_related("department")


def departments_for_codes(person: Person) -> QuerySet[Department]:
    """Return the departments for which codes may be printed."""
    rows: QuerySet[Department] = Department.objects.visible_to(person).active()
    return rows.order_by("path")
