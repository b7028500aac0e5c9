"""Endpoints of other programs, and every call that is owed to them."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Permission, VisibleQuerySet
from zhiyin.channels.base import gettext_noop
from zhiyin.common.confidential import decrypt, encrypt

if TYPE_CHECKING:
    import datetime as dt

    from zhiyin.accounts.models import Person


class WebhookEvent(models.TextChoices):
    """What other programs can be told of."""

    RESPONSE_CREATED = "response.created", _("an answer was given")
    RESPONSE_UPDATED = "response.updated", _("an answer was changed or completed")
    CUSTOMER_OPTED_OUT = "customer.opted_out", _("a customer opted out")
    INVITATION_CREATED = "invitation.created", _("an invitation was made")
    INVITATION_SENT = "invitation.sent", _("an invitation was sent")
    INVITATION_DELIVERED = "invitation.delivered", _("an invitation was delivered")
    INVITATION_FAILED = "invitation.failed", _("an invitation could not be delivered")
    ALERT_RAISED = "alert.raised", _("an alert was raised")
    NOTICE_CREATED = "notice.created", _("somebody was told something")
    CASE_OPENED = "case.opened", _("a case was opened")
    CASE_CHANGED = "case.changed", _("a case moved on")
    CASE_CLOSED = "case.closed", _("a case was closed")
    WORK_ORDER = "work_order.changed", _("a case of a work-order system moved on")


ANSWER_EVENTS = frozenset(
    {WebhookEvent.RESPONSE_CREATED, WebhookEvent.RESPONSE_UPDATED},
)
# What carries answers, or words of them, to wherever the endpoint stands.
TELLING_ANSWERS = ANSWER_EVENTS | {WebhookEvent.ALERT_RAISED}
CASE_EVENTS = frozenset(
    {
        WebhookEvent.CASE_OPENED,
        WebhookEvent.CASE_CHANGED,
        WebhookEvent.CASE_CLOSED,
        WebhookEvent.WORK_ORDER,
    },
)
TEST_EVENT = "webhook.test"


class WebhookProfile(models.TextChoices):
    """In which shape things are told."""

    OWN = "own", _("as in our API")
    DELIGHTED = "delighted", _("as Delighted did")


class WebhookEndpoint(OrganisationOwned):
    """One address that is told what happens.

    The secret is shown once and kept encrypted, because every call is signed with it.
    While a new secret comes into use the one before signs as well.
    """

    name = models.CharField(_("name"), max_length=120)
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("told of"), default=list)
    profile = models.CharField(
        _("shape"),
        max_length=10,
        choices=WebhookProfile.choices,
        default=WebhookProfile.OWN,
    )
    # Whether addresses of customers go out in clear, where the shape has them.
    reveals_contacts = models.BooleanField(_("with addresses in clear"), default=False)
    secret_encrypted = models.BinaryField(default=bytes)
    previous_secret_encrypted = models.BinaryField(default=bytes)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    disabled_because = models.CharField(max_length=200, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"))

    objects = VisibleQuerySet["WebhookEndpoint"].as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def keep_secret(self, secret: str) -> None:
        """Set the secret; the row still has to be saved."""
        self.secret_encrypted = encrypt(secret)

    def secrets_in_use(self, now: dt.datetime) -> list[str]:
        """Return what calls are signed with, the present secret first."""
        kept = [bytes(self.secret_encrypted)]
        until = self.previous_secret_until
        if self.previous_secret_encrypted and until is not None and now < until:
            kept.append(bytes(self.previous_secret_encrypted))
        return [decrypt(each) for each in kept]

    @property
    def tells_answers(self) -> bool:
        """Tell whether answers go out."""
        return not TELLING_ANSWERS.isdisjoint(self.events)

    @property
    def events_in_words(self) -> list[str]:
        """Return what it is told of, in words."""
        known = dict(WebhookEvent.choices)
        return [str(known.get(code, code)) for code in self.events]

    def may_be_changed_by(self, person: Person) -> bool:
        """Tell whether somebody may decide where this goes.

        Whoever sends answers elsewhere must be allowed to see and export all of them,
        and to reveal addresses where those go along.
        """
        needed: list[Permission] = []
        if self.tells_answers:
            needed += [Permission.SEE_RESPONSES, Permission.EXPORT_DATA]
        if not CASE_EVENTS.isdisjoint(self.events):
            needed += [Permission.SEE_CASES, Permission.EXPORT_DATA]
        if self.reveals_contacts:
            needed.append(Permission.REVEAL_PERSONAL_DATA)
        return all(
            person.may(each) and person.sees_whole_organisation(each) for each in needed
        )


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("taken")
    FAILED = "failed", _("given up")


class WebhookDeliveryQuerySet(VisibleQuerySet["WebhookDelivery"]):
    def due(self, now: dt.datetime) -> Self:
        """Return calls whose time has come, oldest first."""
        return self.filter(
            state=DeliveryState.WAITING,
            next_attempt_at__lte=now,
            endpoint__is_enabled=True,
        ).order_by("next_attempt_at", "pk")


class WebhookDelivery(OrganisationOwned):
    """One thing one endpoint is told.

    `key` names the occasion: the same occasion met twice is one call. `message_id`
    stays the same over all attempts, so that a receiver knows a repetition.
    """

    endpoint = models.ForeignKey(
        WebhookEndpoint,
        on_delete=models.CASCADE,
        related_name="deliveries",
        verbose_name=_("webhook"),
    )
    key = models.CharField(max_length=120)
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.CharField(_("event"), max_length=40)
    # What it is about, such as `response:12`; an erasure takes the content away.
    subject = models.CharField(max_length=60, blank=True)
    body_encrypted = models.BinaryField()
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=DeliveryState.choices,
        default=DeliveryState.WAITING,
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    answer = models.TextField(_("answer"), blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook call")
        verbose_name_plural = _("webhook calls")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "key"],
                name="webhook_told_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=models.Q(state="waiting"),
                name="webhook_due",
            ),
            models.Index(fields=["organisation", "subject"]),
            models.Index(fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"

    @property
    def webhook_id(self) -> str:
        """Return what receivers know it by."""
        return f"msg_{self.message_id.hex}"

    @property
    def body(self) -> bytes:
        """Return what is sent; empty after an erasure."""
        kept = bytes(self.body_encrypted)
        return decrypt(kept).encode() if kept else b""

    @property
    def event_in_words(self) -> str:
        """Return the event as people read it."""
        if self.event == TEST_EVENT:
            return str(_("a test"))
        return str(dict(WebhookEvent.choices).get(self.event, self.event))

    @staticmethod
    def sealed(payload: dict[str, Any]) -> bytes:
        """Return a payload encrypted for the row that keeps it."""
        return encrypt(json.dumps(payload, ensure_ascii=False, separators=(",", ":")))


GONE = gettext_noop("the receiver said that it wants no more calls (410)")
TOO_LONG = gettext_noop("no call was taken for days")
