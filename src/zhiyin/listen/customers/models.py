"""Customers by key, and the fields an organisation knows about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Permission, VisibleQuerySet

if TYPE_CHECKING:
    from zhiyin.accounts.models import Person


class CustomerQuerySet(VisibleQuerySet["Customer"]):
    def revealable_to(self, person: Person) -> Self:
        """Return customers whose key this person may see in clear, for a reason.

        A role given in departments reaches the customers who answered there.
        """
        rows = self.visible_to(person)
        if not person.may(Permission.REVEAL_PERSONAL_DATA):
            return rows.none()
        paths = person.reach(Permission.REVEAL_PERSONAL_DATA)
        if paths is None:
            return rows
        within = models.Q(pk__in=[])
        for path in paths:
            within |= models.Q(response__department__path__startswith=path)
        return rows.filter(within).distinct()


class Customer(OrganisationOwned):
    """A customer, known by the key the organisation itself uses (often a number).

    The key is personal data: it is kept encrypted, shown masked, and joined by a
    keyed hash that is worth nothing without the installation's key.
    """

    key_hash = models.CharField(max_length=64)
    key_masked = models.CharField(_("customer"), max_length=60)
    key_encrypted = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    opted_out_at = models.DateTimeField(_("opted out"), null=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key_hash"],
                name="customer_known_once",
            ),
        ]

    def __str__(self) -> str:
        return self.key_masked


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
