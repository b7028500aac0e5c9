"""Erase a whole organisation from the operational database, its log included.

The one way an audit entry ever goes. What the database cannot reach, the lake and
uploaded files, is erased as `docs/how-to/people-and-roles.md` describes.
"""

from __future__ import annotations

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation, OrganisationErasure
from zhiyin.common import clock


@transaction.atomic
def erase_organisation(
    *,
    organisation: Organisation,
    ordered_by: str,
    reason: str,
) -> OrganisationErasure:
    """Delete every row that belongs to the organisation; keep the order as proof."""
    if not reason.strip():
        raise ValidationError(_("An erasure needs a reason."))
    erasure = OrganisationErasure.objects.create(
        organisation_number=organisation.pk,
        code=organisation.code,
        ordered_by=ordered_by,
        reason=reason,
        began_at=clock.now(),
    )
    # Rows protect each other (a parent its children, a version its answers), but all
    # of them go: deleted without Django's collector, what belongs through another row
    # before that row. The database checks foreign keys when the transaction ends.
    erasure.rows_erased = sum(
        _erase_rows(model, path, organisation) for model, path in owned_models()
    )
    own_row = Organisation.objects.filter(pk=organisation.pk)
    own_row._raw_delete(own_row.db)  # noqa: SLF001
    erasure.finished_at = clock.now()
    erasure.save(update_fields=["rows_erased", "finished_at"])
    return erasure


def _erase_rows(
    model: type[models.Model],
    path: str,
    organisation: Organisation,
) -> int:
    rows = model._base_manager.filter(**{path: organisation.pk})  # noqa: SLF001
    numbers = rows.values("pk")
    return model._base_manager.filter(pk__in=numbers)._raw_delete(rows.db)  # noqa: SLF001


def owned_models() -> list[tuple[type[models.Model], str]]:
    """Return every model that belongs to an organisation, with the way to it.

    Farthest first: an answer is found through its response, a version through its
    instrument, and must go while the row between still stands.
    """
    paths: dict[type[models.Model], str] = {Organisation: ""}
    found: list[type[models.Model]] = [Organisation]
    while found:
        found = [
            model
            for model in apps.get_models(include_auto_created=True)
            if model not in paths and _step_to(model, paths) is not None
        ]
        paths |= {model: _step_to(model, paths) or "" for model in found}
    del paths[Organisation]
    return sorted(paths.items(), key=lambda each: -each[1].count("__"))


def _step_to(
    model: type[models.Model],
    paths: dict[type[models.Model], str],
) -> str | None:
    for field in model._meta.concrete_fields:  # noqa: SLF001
        owner = field.related_model
        if isinstance(owner, type) and owner in paths and not field.null:
            return f"{field.name}__{paths[owner]}".removesuffix("__")
    return None
