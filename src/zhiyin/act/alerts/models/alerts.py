"""What was raised: a signal about one customer, not a finding about a cause."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import (
    Department,
    OrganisationOwned,
    Permission,
    Person,
    VisibleQuerySet,
)
from zhiyin.act.alerts.models.rules import AlertRule
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.responses.models import Response


class AlertQuerySet(VisibleQuerySet["Alert"]):
    def visible_to(self, person: Person) -> Self:
        """Return the alerts of a person's departments, and their own."""
        rows = super().visible_to(person)
        if not person.may(Permission.SEE_CASES):
            return rows.none()
        paths = person.reach(Permission.SEE_CASES)
        if paths is None:
            return rows
        within = models.Q(owner=person)
        for path in paths:
            within |= models.Q(department__path__startswith=path)
        return rows.filter(within)

    def open(self) -> Self:
        """Return those that neither a case nor a person has taken off the list."""
        return self.filter(handled_at=None, dismissed_at=None)

    def wanting_case(self) -> Self:
        """Return those that are to open a case and have none, the oldest first."""
        return self.filter(
            opens_case=True,
            handled_at=None,
            dismissed_at=None,
        ).order_by("pk")


class Alert(OrganisationOwned):
    """One alert about one customer; further hits within its days are counted on it.

    What the rule wished is copied, because rules change. The customer's words stay
    with the answer and are read there. `case_number` is written by whoever opens the
    case, so that the chain can be read from both ends.
    """

    rule = models.ForeignKey(
        AlertRule,
        on_delete=models.CASCADE,
        related_name="alerts",
        verbose_name=_("rule"),
    )
    # The occasion that raised it: an answer, or an event that was left in silence.
    response = models.ForeignKey(
        Response,
        null=True,
        on_delete=models.SET_NULL,
        related_name="alerts",
        verbose_name=_("answer"),
    )
    event = models.ForeignKey(
        CustomerEvent,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("event"),
    )
    customer = models.ForeignKey(
        Customer,
        null=True,
        on_delete=models.SET_NULL,
        related_name="alerts",
        verbose_name=_("customer"),
    )
    department = models.ForeignKey(
        Department,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("department"),
    )
    owner = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="alerts",
        verbose_name=pgettext_lazy("alert", "owner"),
    )
    # How the owner was found: a step of the rule, or the fallback that was taken.
    owner_found_by = models.CharField(max_length=20, blank=True)
    # Names the occasion: the same one met twice is one alert.
    key = models.CharField(max_length=120)
    opens_case = models.BooleanField(default=True)
    level = models.CharField(max_length=4, blank=True)
    score = models.FloatField(_("score"), null=True)
    given_class = models.CharField(max_length=10, blank=True)
    touchpoint = models.CharField(_("touchpoint"), max_length=60, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    raised_at = models.DateTimeField(_("raised"))
    hits = models.PositiveIntegerField(_("times"), default=1)
    last_hit_at = models.DateTimeField(_("last"))
    # False once the answer was changed, or left out, so that the rule does not match.
    still_holds = models.BooleanField(default=True)
    # When people and programs were told of it.
    told_at = models.DateTimeField(null=True)
    handled_at = models.DateTimeField(null=True)
    case_number = models.PositiveIntegerField(_("case"), null=True)
    case_url = models.CharField(max_length=200, blank=True)
    dismissed_at = models.DateTimeField(_("dismissed"), null=True)
    dismissed_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("dismissed by"),
    )
    dismissed_because = models.CharField(_("reason"), max_length=300, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                name="alert_raised_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "-raised_at", "-id"], name="alert_list"
            ),
            models.Index(
                fields=["rule", "customer", "-raised_at"],
                name="alert_of_customer",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(told_at=None),
                name="alert_untold",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(opens_case=True, handled_at=None, dismissed_at=None),
                name="alert_wanting_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"

    @property
    def state(self) -> str:
        """Return `dismissed`, `case` or `open`."""
        if self.dismissed_at:
            return "dismissed"
        return "case" if self.handled_at else "open"

    @property
    def seconds_to_alert(self) -> float | None:
        """Return how long after its event was received it was raised, for an event."""
        if self.event is None:
            return None
        return (self.raised_at - self.event.received_at).total_seconds()

    @property
    def state_in_words(self) -> str:
        """Return the state as people read it."""
        words = {
            "dismissed": pgettext_lazy("alert", "dismissed"),
            "case": pgettext_lazy("alert", "case opened"),
            "open": pgettext_lazy("alert", "open"),
        }
        return str(words[self.state])


class AlertHit(models.Model):
    """One occasion that a rule matched, once, on the alert that it raised or joined."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="occasions")
    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    response = models.ForeignKey(
        Response,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "key"], name="alert_hit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.key}"
