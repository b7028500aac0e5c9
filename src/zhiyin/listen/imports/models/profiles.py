"""Saved mappings, so that next month's file needs no second thought."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet
from zhiyin.listen.imports.models.mappings import ImportMapping
from zhiyin.listen.surveys.models import Instrument


class MappingProfile(OrganisationOwned):
    """A mapping under a name; its imports answer one and the same instrument."""

    name = models.CharField(_("name"), max_length=120)
    mapping = models.JSONField(_("mapping"), default=dict)
    instrument = models.ForeignKey(
        Instrument,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("questionnaire"),
    )
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("saved by"),
    )
    saved_at = models.DateTimeField(_("saved"))

    objects = VisibleQuerySet["MappingProfile"].as_manager()

    class Meta:
        verbose_name = _("mapping profile")
        verbose_name_plural = _("mapping profiles")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="mapping_profile_named_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def read_mapping(self) -> ImportMapping:
        """Return the mapping without what belonged to one file only."""
        return ImportMapping.from_json(self.mapping)
