"""Keys to the API: whose, what for, how far they reach, how busy they are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models.access import OrganisationOwned, VisibleQuerySet
from zhiyin.accounts.models.people import Person

EVERYTHING = "*"


class Scope(models.TextChoices):
    """What a key may be limited to; never more than its person may do."""

    ALL = EVERYTHING, _("everything I may do")
    READ_CUSTOMERS = "customers:read", _("read customers and consent")
    WRITE_CUSTOMERS = "customers:write", _("add and change customers and consent")
    READ_EVENTS = "events:read", _("read events")
    WRITE_EVENTS = "events:write", _("hand over events")
    READ_INVITATIONS = "invitations:read", _("read invitations")
    WRITE_INVITATIONS = "invitations:write", _("invite and withdraw")
    READ_RESPONSES = "responses:read", _("read answers")
    WRITE_RESPONSES = "responses:write", _("hand over answers")
    READ_METRICS = "metrics:read", _("read scores")
    READ_SURVEYS = "surveys:read", _("read questionnaires and programmes")
    READ_ALERTS = "alerts:read", _("read alerts")
    READ_CHANNELS = "channels:read", _("read messages")
    WRITE_CHANNELS = "channels:write", _("hand over returned mail")
    READ_CASES = "cases:read", _("read cases")
    WRITE_CASES = "cases:write", _("open and work on cases")


def all_scopes() -> list[str]:
    """Return what a key reaches unless it is limited."""
    return [EVERYTHING]


class ApiToken(OrganisationOwned):
    """A key to the API; only its hash is kept."""

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="api_tokens",
    )
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    scopes = models.JSONField(_("reach"), default=all_scopes)
    created_at = models.DateTimeField(_("created"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    # How many calls since the beginning of which minute.
    counted_from = models.DateTimeField(null=True, editable=False)
    calls = models.PositiveIntegerField(default=0, editable=False)

    objects = VisibleQuerySet["ApiToken"].as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def reaches(self, scope: str) -> bool:
        """Tell whether the key may be used for this, as far as it is limited."""
        return EVERYTHING in self.scopes or scope in self.scopes

    @property
    def reach(self) -> list[str]:
        """Return what the key is limited to, in words."""
        known = dict(Scope.choices)
        return [str(known.get(code, code)) for code in self.scopes]


class IdempotentCall(models.Model):
    """A call that was answered, so that the same call again gets the same answer."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    # Nought while the call is being answered; nobody else ever sees that.
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="call_key_once"),
        ]
        indexes = [models.Index(fields=["token", "created_at"])]

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}"
