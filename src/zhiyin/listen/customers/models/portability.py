"""Where a customer stands with taking their number to another operator."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.listen.customers.models.people import Customer, PortabilityState


class PortabilityStep(models.TextChoices):
    """What a system told of a number; a step ends the one before it."""

    QUERIED = "queried", _("asked whether the number may be ported")
    AUTHORISED = "authorised", _("authorised porting")
    EXPIRED = "expired", _("authorisation expired")
    PORTED_OUT = "ported_out", _("took the number away")
    PORTED_IN = "ported_in", _("brought the number")


class PortabilityChange(OrganisationOwned):
    """One step of one customer; steps are added, never changed.

    `key` is the event's: told twice, it is one step.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="portability_changes"
    )
    step = models.CharField(_("step"), max_length=10, choices=PortabilityStep.choices)
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    at = models.DateTimeField(_("happened"))
    known_at = models.DateTimeField(_("received"))

    objects = VisibleQuerySet["PortabilityChange"].as_manager()

    class Meta:
        verbose_name = _("step of number portability")
        verbose_name_plural = _("steps of number portability")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"], name="portability_step_once"
            ),
        ]
        indexes = [models.Index(fields=["customer", "at"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.step}"


STATE_AFTER = {
    PortabilityStep.QUERIED: PortabilityState.QUERIED,
    PortabilityStep.AUTHORISED: PortabilityState.AUTHORISED,
    PortabilityStep.EXPIRED: PortabilityState.NONE,
    PortabilityStep.PORTED_OUT: PortabilityState.PORTED_OUT,
    PortabilityStep.PORTED_IN: PortabilityState.PORTED_IN,
}
