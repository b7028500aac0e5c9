"""The fields an organisation knows about its customers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet


class FieldKind(models.TextChoices):
    CATEGORY = "category", _("category")
    NUMBER = "number", _("number")


class AttributeField(OrganisationOwned):
    """A field recorded with answers: the customer's or operational data as of then.

    `code` is stable and becomes the lake column `a_<code>`; `label` is what the
    source called it and what people read.
    """

    code = models.SlugField(_("code"), max_length=40)
    label = models.CharField(_("label"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=FieldKind.choices)
    is_operational = models.BooleanField(_("operational data"), default=False)
    is_shown = models.BooleanField(_("offered in filters"), default=True)

    objects = VisibleQuerySet["AttributeField"].as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="attribute_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def column(self) -> str:
        """Return the column of the lake that carries this field."""
        return f"a_{self.code}"
