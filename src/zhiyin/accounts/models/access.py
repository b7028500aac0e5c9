"""The single door of access: every query for a person starts at `visible_to`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

from zhiyin.accounts.models.organisations import Organisation

if TYPE_CHECKING:
    from zhiyin.accounts.models.people import Person

_Row = TypeVar("_Row", bound=models.Model)


class VisibleQuerySet(models.QuerySet[_Row]):
    """Rows of one organisation; a subclass narrows further where rows have owners."""

    def visible_to(self, person: Person) -> Self:
        """Return what this person may know of; nothing for a stranger."""
        if not person.is_active:
            return self.none()
        return self.filter(organisation_id=person.organisation_id)

    def of(self, organisation: Organisation | int) -> Self:
        """Return one organisation's rows, for work that no person asked for."""
        return self.filter(organisation=organisation)


class OrganisationOwned(models.Model):
    """A row that belongs to one organisation."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
    )

    class Meta:
        abstract = True
