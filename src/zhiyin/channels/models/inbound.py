"""What comes back: replies, wishes to hear no more, reports and bounces."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.channels.models.messages import Message
from zhiyin.channels.models.senders import ChannelAccount
from zhiyin.common.confidential import decrypt


class InboundKind(models.TextChoices):
    REPLY = "reply", _("reply")
    OPT_OUT = "opt_out", _("opt-out")
    REPORT = "report", _("report of delivery")
    BOUNCE = "bounce", _("bounce")


class InboundMessage(OrganisationOwned):
    """One event from outside; later stages read these rows and decide.

    `external_id` names the event where the other side tells it twice.
    """

    account = models.ForeignKey(
        ChannelAccount,
        on_delete=models.PROTECT,
        related_name="inbound",
        verbose_name=_("sender"),
    )
    message = models.ForeignKey(
        Message,
        null=True,
        on_delete=models.SET_NULL,
        related_name="inbound",
        verbose_name=_("message"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=InboundKind.choices)
    sender_hash = models.CharField(max_length=64, blank=True)
    sender_encrypted = models.BinaryField(default=bytes)
    sender_masked = models.CharField(_("from"), max_length=60, blank=True)
    text = models.TextField(_("text"), blank=True)
    state = models.CharField(_("state"), max_length=10, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"))

    objects = VisibleQuerySet["InboundMessage"].as_manager()

    class Meta:
        verbose_name = _("inbound message")
        verbose_name_plural = _("inbound messages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"],
                condition=~models.Q(external_id=""),
                name="inbound_event_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "kind", "id"]),
            models.Index(fields=["account", "provider_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sender_masked}"

    @property
    def sender(self) -> str:
        """Return who sent it, in clear, or ""."""
        return decrypt(self.sender_encrypted) if self.sender_encrypted else ""
