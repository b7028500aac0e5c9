"""How a customer can be reached, and what the customer agreed to."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet
from zhiyin.common.confidential import decrypt
from zhiyin.listen.customers.models.people import Customer


class ContactKind(models.TextChoices):
    PHONE = "phone", _("telephone number")
    EMAIL = "email", _("e-mail address")
    WECHAT = "wechat", _("WeChat open id")
    WECOM = "wecom", _("WeCom user id")


class ContactPointQuerySet(VisibleQuerySet["ContactPoint"]):
    def usable(self) -> Self:
        """Return those that have not turned out to be dead, the preferred first."""
        return self.filter(unusable_since=None).order_by("-is_preferred", "pk")


class ContactPoint(OrganisationOwned):
    """One address of one customer: encrypted, shown masked, joined by a keyed hash."""

    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="contact_points",
        verbose_name=_("customer"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices)
    address_hash = models.CharField(max_length=64)
    address_masked = models.CharField(_("address"), max_length=60)
    address_encrypted = models.BinaryField()
    is_preferred = models.BooleanField(_("preferred"), default=False)
    created_at = models.DateTimeField(_("known since"))
    source = models.CharField(max_length=60, blank=True, db_default="", default="")
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    # Set by bounces and by reports that no such number exists.
    unusable_since = models.DateTimeField(_("unusable since"), null=True, blank=True)
    unusable_because = models.CharField(_("because"), max_length=200, blank=True)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["kind", "-is_preferred", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "address_hash"],
                name="contact_point_once",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "address_hash"])]

    def __str__(self) -> str:
        return self.address_masked

    @property
    def address(self) -> str:
        """Return the address in clear; only for sending and for a logged reveal."""
        return decrypt(self.address_encrypted)


class Purpose(models.TextChoices):
    """What a customer may agree to; law and default differ between them."""

    SERVICE = "service", _("service messages")
    SURVEY = "survey", _("surveys")
    MARKETING = "marketing", _("marketing")
    PROFILING = "profiling", _("automated decisions")
    SENSITIVE = "sensitive", _("sensitive information")


class ConsentState(models.TextChoices):
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "withdrawn")


class ConsentEntry(OrganisationOwned):
    """One line of the consent ledger; lines are added and never changed.

    The newest line of a purpose and channel holds; an empty channel means all of them.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="consents",
        verbose_name=_("customer"),
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ConsentState.choices)
    notice_version = models.CharField(_("notice"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        verbose_name=_("recorded by"),
    )

    objects = VisibleQuerySet["ConsentEntry"].as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-recorded_at", "-pk"]
        indexes = [models.Index(fields=["customer", "purpose", "-recorded_at"])]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.get_state_display()}"


class SuppressedAddress(OrganisationOwned):
    """An address of somebody who was erased: a keyed hash, and nothing beside it.

    Whoever queues a message to it, and whichever file brings it back, nothing leaves.
    """

    address_hash = models.CharField(max_length=64)
    since = models.DateTimeField()

    objects = VisibleQuerySet["SuppressedAddress"].as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "address_hash"],
                name="address_suppressed_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
