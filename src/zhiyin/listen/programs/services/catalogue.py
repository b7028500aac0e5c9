"""Touchpoints and waves."""

from __future__ import annotations

from django.db import transaction

from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services import record
from zhiyin.listen.programs.models import Touchpoint, Wave
from zhiyin.listen.programs.queries import standard_touchpoints


@transaction.atomic
def save_touchpoint(*, touchpoint: Touchpoint) -> Touchpoint:
    """Add a touchpoint or change one; its code stays, answers refer to it."""
    is_new = touchpoint.pk is None
    touchpoint.save()
    action = "touchpoint.created" if is_new else "touchpoint.edited"
    record(action=action, target=touchpoint)
    return touchpoint


@transaction.atomic
def set_touchpoint_active(*, touchpoint: Touchpoint, is_active: bool) -> None:
    """Offer a touchpoint for new links, or stop offering it; answers stay."""
    touchpoint.is_active = is_active
    touchpoint.save(update_fields=["is_active"])
    action = "touchpoint.activated" if is_active else "touchpoint.deactivated"
    record(action=action, target=touchpoint)


@transaction.atomic
def load_standard_touchpoints(*, organisation: Organisation) -> int:
    """Add the standard touchpoints not yet there; return how many were added."""
    known = set(
        Touchpoint.objects.of(organisation).values_list("code", flat=True),
    )
    owners = {
        department.name: department
        for department in Department.objects.filter(organisation=organisation)
    }
    language = organisation.language
    made = [
        Touchpoint(
            organisation=organisation,
            code=standard.code,
            name=standard.names.get(language, standard.zh_hans),
            names=standard.names,
            owner=owners.get(standard.owner),
        )
        for standard in standard_touchpoints()
        if standard.code not in known
    ]
    Touchpoint.objects.bulk_create(made)
    if made:
        record(
            action="touchpoints.loaded",
            organisation=organisation,
            added=len(made),
        )
    return len(made)


@transaction.atomic
def save_wave(*, wave: Wave) -> Wave:
    """Add a wave or change one."""
    is_new = wave.pk is None
    wave.save()
    record(action="wave.created" if is_new else "wave.edited", target=wave)
    return wave
