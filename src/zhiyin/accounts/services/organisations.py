"""Writes of organisations: made, changed, and erased for good."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services.audit import record


@transaction.atomic
def create_organisation(
    *,
    code: str,
    name: str,
    brand: str = "",
    language: str = "zh-hans",
    time_zone: str = "Asia/Shanghai",
) -> Organisation:
    """Create a tenant; `brand` is what its customers know it by."""
    organisation = Organisation(
        code=code,
        name=name,
        brand=brand or name,
        language=language,
        time_zone=time_zone,
    )
    organisation.full_clean()
    organisation.save()
    record(action="organisation.created", target=organisation)
    return organisation


@transaction.atomic
def change_organisation(
    *,
    organisation: Organisation,
    **fields: str | bool,
) -> None:
    """Change the organisation's name, brand, language, time zone or login rule."""
    _change(organisation, fields, action="organisation.changed")


@transaction.atomic
def change_thresholds(
    *,
    organisation: Organisation,
    minimum_n_score: int,
    minimum_n_rank: int,
    reason: str,
) -> None:
    """Change from how many answers a score and a rank are shown; says why.

    The thresholds protect people from noise and customers from being recognised, so
    each change leaves a reason behind.
    """
    if minimum_n_rank < minimum_n_score:
        raise ValidationError(
            {
                "minimum_n_rank": _(
                    "A rank needs at least as many answers as a score (%(score)s).",
                )
                % {"score": minimum_n_score},
            },
        )
    _change(
        organisation,
        {"minimum_n_score": minimum_n_score, "minimum_n_rank": minimum_n_rank},
        action="thresholds.changed",
        reason=reason,
    )


@transaction.atomic
def change_export_limits(
    *,
    organisation: Organisation,
    reason: str,
    **numbers: int,
) -> None:
    """Change from when an export needs a second person, and for how long; says why."""
    _change(organisation, numbers, action="export_limits.changed", reason=reason)


def _change(
    organisation: Organisation,
    fields: dict[str, str | bool] | dict[str, int],
    *,
    action: str,
    reason: str = "",
) -> None:
    before = {name: getattr(organisation, name) for name in fields}
    after = dict(fields)
    if after == before:
        return
    for name, value in after.items():
        setattr(organisation, name, value)
    organisation.full_clean()
    organisation.save(update_fields=sorted(after))
    record(
        action=action,
        target=organisation,
        reason=reason,
        before=before,
        after=after,
    )
