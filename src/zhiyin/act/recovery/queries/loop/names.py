"""What the groups of the report are called."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, Organisation, Person
from zhiyin.act.cases.models import Cause
from zhiyin.listen.programs.models import Touchpoint

DIMENSION_NAMES: dict[str, str | Promise] = {
    "department": _("Department"),
    "touchpoint": _("Touchpoint"),
    "cause": _("Cause"),
    "star_tier": _("Star tier"),
    "value_tier": _("Value tier"),
    "network": _("Network"),
    "person": _("Colleague"),
}


def names_of(organisation: Organisation, dimension: str) -> Mapping[Hashable, str]:
    """Return the name of every value of a dimension."""
    if dimension == "department":
        rows = Department.objects.filter(organisation=organisation)
        return {each.pk: each.name for each in rows}
    if dimension == "touchpoint":
        return {each.code: each.name for each in Touchpoint.objects.of(organisation)}
    if dimension == "cause":
        return {each.pk: str(each) for each in Cause.objects.of(organisation)}
    if dimension != "person":
        return {}
    people = Person.objects.filter(organisation=organisation)
    return {each.pk: str(each) for each in people}
