"""Customers, known by the key their organisation uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Right
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import (
    Department,
    OrganisationOwned,
    Permission,
    VisibleQuerySet,
)

if TYPE_CHECKING:
    from zhiyin.accounts.models import Person


class Audience(models.TextChoices):
    CONSUMER = "consumer", _("consumers")
    DEALER = "dealer", _("dealers")
    EMPLOYEE = "employee", _("employees")
    RESIDENT = "resident", _("residents")
    ENTERPRISE = "enterprise", _("enterprise contacts")


class PortabilityState(models.TextChoices):
    """Where a customer stands with taking the number to another operator."""

    NONE = "none", _("nothing known")
    QUERIED = "queried", _("asked whether the number may be ported")
    AUTHORISED = "authorised", _("porting authorised")
    PORTED_OUT = "ported_out", _("ported out")
    PORTED_IN = "ported_in", _("ported in")


class CustomerQuerySet(VisibleQuerySet["Customer"]):
    def visible_to(self, person: Person) -> Self:
        """Return customers this person may know of.

        A role given in departments reaches the customers who are looked after there
        and those who answered there; without a permission to see any, nobody.
        """
        return self._reached(person, Permission.SEE_CUSTOMERS)

    def _reached(self, person: Person, permission: Permission) -> Self:
        rows = super().visible_to(person)
        paths = person.reach(permission) if person.may(permission) else []
        if paths is None:
            return rows
        within = models.Q(pk__in=[])
        for path in paths:
            answered = Customer.objects.filter(
                response__department__path__startswith=path
            )
            within |= models.Q(department__path__startswith=path)
            within |= models.Q(pk__in=answered.values("pk"))
        return rows.filter(within)

    def revealable_to(self, person: Person) -> Self:
        """Return customers whose key this person may see in clear, for a reason.

        A role given in departments reaches its own customers, as in `visible_to`.
        """
        return self._reached(person, Permission.REVEAL_PERSONAL_DATA)


# As many characters at the end of a key are shown at most.
SHOWN_TAIL = 4


def shown_tail_is(text: str) -> Q:
    """Match customers by the end of what is shown of their key, up to its length."""
    if len(text) == SHOWN_TAIL:
        return Q(Exact(Right("key_masked", SHOWN_TAIL), text))
    return Q(key_masked__endswith=text)


class Customer(OrganisationOwned):
    """A customer, known by the key the organisation itself uses (often a number).

    The key is personal data: it is kept encrypted, shown masked, and joined by a
    keyed hash that is worth nothing without the installation's key.
    """

    key_hash = models.CharField(max_length=64)
    key_masked = models.CharField(_("customer"), max_length=60)
    key_encrypted = models.BinaryField()
    audience = models.CharField(
        _("audience"),
        max_length=12,
        choices=Audience.choices,
        # Imports write rows without these columns.
        db_default=Audience.CONSUMER,
        default=Audience.CONSUMER,
    )
    language = models.CharField(_("language"), max_length=10, blank=True, db_default="")
    # Who looks after the customer today; answers keep who did when they were given.
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=_("department"),
    )
    # Numbers of tests and of the organisation's own staff never count as customers.
    is_test = models.BooleanField(_("test number"), default=False, db_default=False)
    is_staff = models.BooleanField(_("own staff"), default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # What made the row known, so that undoing an import can take it back.
    source = models.CharField(max_length=60, blank=True, db_default="", default="")
    opted_out_at = models.DateTimeField(_("opted out"), null=True, editable=False)

    # Set by events alone; the steps that led here are kept beside.
    mnp_state = models.CharField(
        _("number portability"),
        max_length=10,
        choices=PortabilityState.choices,
        default=PortabilityState.NONE,
        db_default=PortabilityState.NONE,
        editable=False,
    )
    mnp_since = models.DateTimeField(null=True, editable=False)

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
        indexes = [
            # For searching by the digits that the mask leaves.
            models.Index(
                "organisation",
                Right("key_masked", SHOWN_TAIL),
                name="customer_shown_tail",
            ),
        ]

    def __str__(self) -> str:
        return self.key_masked


class CustomerBefore(OrganisationOwned):
    """What a customer's row said before a file changed it, and what the file said.

    Values by column, those alone that the file changed; undoing the import puts them
    back where they still are what the file made of them.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="before_files"
    )
    source = models.CharField(max_length=60)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    objects = VisibleQuerySet["CustomerBefore"].as_manager()

    class Meta:
        verbose_name = _("customer before a file")
        verbose_name_plural = _("customers before a file")
        indexes = [models.Index(fields=["organisation", "source"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.source}"


class ForgottenCustomer(OrganisationOwned):
    """An erased customer whose row still lies in files; gone once it is out of them."""

    customer_number = models.BigIntegerField()
    erased_at = models.DateTimeField()

    objects = VisibleQuerySet["ForgottenCustomer"].as_manager()

    class Meta:
        verbose_name = _("customer being forgotten")
        verbose_name_plural = _("customers being forgotten")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "customer_number"],
                name="customer_forgotten_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer_number)
