"""Messages on their way out, from the queue to the report of delivery."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import OrganisationOwned, Permission, VisibleQuerySet
from zhiyin.channels.models.senders import ChannelAccount
from zhiyin.common.confidential import decrypt, encrypt

if TYPE_CHECKING:
    from zhiyin.accounts.models import Person


class MessageClass(models.TextChoices):
    """Why a message is sent; law and consent differ between the three."""

    SERVICE = "service", _("service")
    SURVEY = "survey", _("survey")
    MARKETING = "marketing", _("marketing")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", pgettext_lazy("message", "sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("uncertain")
    CANCELLED = "cancelled", _("cancelled")


FINAL_STATES = (MessageState.DELIVERED, MessageState.FAILED, MessageState.CANCELLED)


class MessageQuerySet(VisibleQuerySet["Message"]):
    def due(self, now: dt.datetime) -> Self:
        """Return queued messages whose time has come, oldest first."""
        waiting = self.filter(state=MessageState.QUEUED, next_attempt_at__lte=now)
        in_time = models.Q(expires_at=None) | models.Q(expires_at__gt=now)
        return waiting.filter(in_time).order_by("next_attempt_at", "pk")

    def revealable_to(self, person: Person) -> Self:
        """Return messages whose receiver this person may see in clear.

        A message belongs to no department, so a role in one reaches none.
        """
        rows = self.visible_to(person)
        may = person.may(Permission.REVEAL_PERSONAL_DATA)
        everywhere = person.reach(Permission.REVEAL_PERSONAL_DATA) is None
        return rows if may and everywhere else rows.none()


class Message(OrganisationOwned):
    """One message to one receiver.

    `key` is the caller's: the same key twice is one message. `reference` is ours and
    goes out with every attempt, so that reports find their way back. Address and
    content are encrypted, because a link in a body opens a customer's own survey.
    """

    account = models.ForeignKey(
        ChannelAccount,
        on_delete=models.PROTECT,
        related_name="messages",
        verbose_name=_("sender"),
    )
    key = models.CharField(max_length=120)
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_class = models.CharField(
        _("class"),
        max_length=10,
        choices=MessageClass.choices,
    )
    template_code = models.CharField(_("template"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    address_encrypted = models.BinaryField()
    address_hash = models.CharField(max_length=64)
    address_masked = models.CharField(_("receiver"), max_length=60)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    content_encrypted = models.BinaryField()
    segments = models.PositiveIntegerField(_("segments"), default=1)
    cost = models.DecimalField(
        _("cost"),
        max_digits=12,
        decimal_places=4,
        default=0,
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=MessageState.choices,
        default=MessageState.QUEUED,
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    expires_at = models.DateTimeField(_("expires"), null=True)
    # A claim is a new number each time: what an old one learns too late is ignored.
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("queued at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                name="message_key_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "next_attempt_at", "id"],
                condition=models.Q(state="queued"),
                name="message_due",
            ),
            models.Index(
                fields=["claimed_at"],
                condition=models.Q(state="sending"),
                name="message_sending",
            ),
            models.Index(fields=["organisation", "state", "-id"]),
            models.Index(fields=["organisation", "finished_at"]),
            models.Index(fields=["organisation", "sent_at"]),
            models.Index(fields=["account", "provider_id"]),
            models.Index(fields=["organisation", "address_hash"]),
        ]

    def __str__(self) -> str:
        return f"{self.address_masked} {self.pk}"

    @property
    def address(self) -> str:
        """Return the receiver in clear; raises KeyLostError under another key."""
        return decrypt(self.address_encrypted)

    @property
    def content(self) -> dict[str, Any]:
        """Return what the message says, in clear."""
        kept: dict[str, Any] = json.loads(decrypt(self.content_encrypted))
        return kept

    @property
    def can_be_cancelled(self) -> bool:
        """Tell whether it has certainly not left yet."""
        return self.state == MessageState.QUEUED

    @property
    def is_on_its_way(self) -> bool:
        """Tell whether a page that shows it should look again soon."""
        return self.state in {MessageState.QUEUED, MessageState.SENDING}

    @staticmethod
    def sealed_address(address: str) -> bytes:
        """Return an address encrypted for the row that keeps it."""
        return encrypt(address)

    @staticmethod
    def sealed(content: dict[str, Any]) -> bytes:
        """Return a content encrypted for the row that keeps it."""
        return encrypt(json.dumps(content, ensure_ascii=False))
