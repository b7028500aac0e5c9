"""Accounts of senders: through which server, under which name, at what price."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.channels.base import Kind
from zhiyin.channels.registry import KINDS, kind_of
from zhiyin.common.confidential import decrypt, encrypt


class ChannelAccountQuerySet(VisibleQuerySet["ChannelAccount"]):
    def ready(self, now: dt.datetime) -> Self:
        """Return those that may send now and that no worker holds."""
        return self.filter(
            models.Q(resumes_at=None) | models.Q(resumes_at__lte=now),
            models.Q(leased_until=None) | models.Q(leased_until__lt=now),
            is_enabled=True,
            kind__in=KINDS,
        )


class ChannelAccount(OrganisationOwned):
    """One sender: a mail server's login, a contract with a gateway."""

    # Names the account where outsiders see it: in addresses of callbacks, on disk.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("name"), max_length=120)
    sender = models.CharField(_("sender"), max_length=254, blank=True)
    sender_name = models.CharField(_("sender's name"), max_length=120, blank=True)
    settings = models.JSONField(default=dict)
    secrets_encrypted = models.BinaryField(default=bytes)
    signature = models.CharField(_("signature"), max_length=20, blank=True)
    price = models.DecimalField(
        _("price per segment"),
        max_digits=9,
        decimal_places=4,
        default=0,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    rate_per_second = models.PositiveIntegerField(
        _("most messages per second"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Trouble of the whole account: it rests, longer after every failure in a row.
    failures = models.PositiveIntegerField(default=0, editable=False)
    resumes_at = models.DateTimeField(null=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, editable=False)
    # One worker at a time holds an account, so that its rate is kept.
    leased_until = models.DateTimeField(null=True, editable=False)

    objects = ChannelAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="channel_account_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def known_kind(self) -> Kind | None:
        """Return the kind; None when this version does not know it."""
        return KINDS.get(self.kind)

    @property
    def definition(self) -> Kind:
        """Return the kind; raises KeyError when this version does not know it."""
        return kind_of(self.kind)

    def secrets(self) -> dict[str, str]:
        """Return the secrets in clear; only for opening the channel."""
        if not self.secrets_encrypted:
            return {}
        kept: dict[str, str] = json.loads(decrypt(self.secrets_encrypted))
        return kept

    def keep_secrets(self, secrets: dict[str, str]) -> None:
        """Set the secrets; the row still has to be saved."""
        self.secrets_encrypted = encrypt(json.dumps(secrets))
