"""What happened to customers: the occasions on which they may be asked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, VisibleQuerySet
from zhiyin.listen.customers.models.people import Customer


class CustomerEvent(OrganisationOwned):
    """One thing that happened, told by the organisation's own systems.

    `key` is the source's name of it: told twice, it is one event. The department and
    the employee are recorded as of then, because later they have changed.
    """

    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="events",
        verbose_name=_("customer"),
    )
    kind = models.CharField(_("kind"), max_length=80)
    key = models.CharField(_("key"), max_length=120)
    occurred_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"))
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=_("department"),
    )
    employee = models.CharField(_("employee"), max_length=80, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict)
    source = models.CharField(_("source"), max_length=60, blank=True)

    objects = VisibleQuerySet["CustomerEvent"].as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                name="customer_event_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-occurred_at"]),
            # Programmes read on from the last event they saw.
            models.Index(fields=["organisation", "kind", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
