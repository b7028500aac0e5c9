"""Views that people keep: a page with its filters, under a name."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet


class SavedViewQuerySet(VisibleQuerySet["SavedView"]):
    def visible_to(self, person: Person) -> Self:
        """Return the person's own views and those shared with everybody."""
        own = models.Q(person=person) | models.Q(is_shared=True)
        return super().visible_to(person).filter(own)


class SavedView(OrganisationOwned):
    """An address worth coming back to."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    page = models.CharField(max_length=40)
    query = models.TextField(blank=True, max_length=4000)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
