"""What customers are told when their case closes, and when its cause changed."""

from __future__ import annotations

import json
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import (
    OrganisationOwned,
    Permission,
    Person,
    VisibleQuerySet,
)
from zhiyin.act.cases.models import Case, Cause
from zhiyin.channels.models import ChannelAccount
from zhiyin.common.confidential import decrypt, encrypt
from zhiyin.listen.contacts.models import ContactDecision
from zhiyin.listen.customers.models import Customer


class LoopSettings(OrganisationOwned):
    """How one organisation closes the loop with its customers.

    The senders serve cases that no programme of ours asked about; other cases are
    answered by the way on which the customer was asked.
    """

    is_telling = models.BooleanField(
        _("tell customers when their case closes"), default=True
    )
    wait_minutes = models.PositiveIntegerField(
        _("minutes to change the text"), default=10
    )
    account = models.ForeignKey(
        ChannelAccount,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sender"),
    )
    fallback_account = models.ForeignKey(
        ChannelAccount,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sender of the fallback"),
    )
    # The customer's field that holds a month's revenue, for the revenue at risk.
    revenue_field = models.CharField(
        _("field with the month's revenue"), max_length=60, blank=True
    )
    yearly_leaving = models.FloatField(
        _("share of unhappy customers who leave within a year"), null=True, blank=True
    )

    objects = VisibleQuerySet["LoopSettings"].as_manager()

    class Meta:
        verbose_name = _("settings of the loop")
        verbose_name_plural = _("settings of the loop")
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="loop_settings_once"),
        ]

    def __str__(self) -> str:
        return str(self.organisation_id)


class ClosingText(OrganisationOwned):
    """What customers read when a case of a cause closes; without a cause: any other.

    `texts` maps a language to its subject and body, with slots such as {brand}.
    """

    cause = models.ForeignKey(
        Cause,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("cause"),
    )
    texts = models.JSONField(default=dict)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = VisibleQuerySet["ClosingText"].as_manager()

    class Meta:
        verbose_name = _("closing text")
        verbose_name_plural = _("closing texts")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "cause"], name="closing_text_once"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(cause=None),
                name="closing_text_of_others_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.cause or "–")


class CauseNews(OrganisationOwned):
    """What was changed about a cause, told to the customers of its closed cases."""

    cause = models.ForeignKey(
        Cause,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("cause"),
    )
    # Of the form by which it was confirmed: sent twice, it is one.
    key = models.CharField(max_length=60)
    texts = models.JSONField(default=dict)
    since = models.DateField(_("cases closed since"))
    customers = models.PositiveIntegerField(_("customers"), default=0)
    created_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sent by"),
    )
    created_at = models.DateTimeField(_("sent at"))

    objects = VisibleQuerySet["CauseNews"].as_manager()

    class Meta:
        verbose_name = _("news about a cause")
        verbose_name_plural = _("news about causes")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"], name="cause_news_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.created_at:%Y-%m-%d}"


class TellingState(models.TextChoices):
    """How far a message to the customer of a case came."""

    DRAFT = "draft", _("written, case open")
    WAITING = "waiting", _("waiting")
    DEFERRED = "deferred", _("put off")
    QUEUED = "queued", _("queued")
    SENT = "sent", pgettext_lazy("message", "sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("uncertain")
    BLOCKED = "blocked", _("not sent")
    UNREACHABLE = "unreachable", _("no way to reach")
    CANCELLED = "cancelled", _("cancelled")


OPEN = (TellingState.DRAFT, TellingState.WAITING, TellingState.DEFERRED)
SETTLED = (
    TellingState.DELIVERED,
    TellingState.FAILED,
    TellingState.BLOCKED,
    TellingState.UNREACHABLE,
    TellingState.CANCELLED,
)


class TellingQuerySet(VisibleQuerySet["Telling"]):
    def visible_to(self, person: Person) -> Self:
        """Return messages about cases that the person may see."""
        rows = super().visible_to(person)
        if not person.may(Permission.SEE_CASES):
            return rows.none()
        return rows.filter(case__in=Case.objects.visible_to(person))


class Telling(OrganisationOwned):
    """One message to one customer about a case: once per closing, once per news.

    The words are encrypted: they may say what the customer said. Without own words
    the text of the case's cause is taken when the message is sent.
    """

    case = models.ForeignKey(
        Case,
        on_delete=models.CASCADE,
        related_name="tellings",
        verbose_name=_("case"),
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("customer"),
    )
    # Which closing of the case: 0 for the first, then one more after each reopening.
    turn = models.PositiveSmallIntegerField(default=0)
    news = models.ForeignKey(
        CauseNews,
        null=True,
        on_delete=models.CASCADE,
        related_name="tellings",
        verbose_name=_("news about a cause"),
    )
    state = models.CharField(
        _("state"),
        max_length=11,
        choices=TellingState.choices,
        default=TellingState.WAITING,
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    due_at = models.DateTimeField(_("due"), null=True)
    words_encrypted = models.BinaryField(default=bytes)
    written_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("written by"),
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    message_key = models.CharField(max_length=120, blank=True, db_index=True)
    decision = models.ForeignKey(
        ContactDecision,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("decision"),
    )
    # The case says that the customer was told because this message left.
    is_proof = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("wished"))
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = TellingQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to a customer")
        verbose_name_plural = _("messages to customers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "turn"],
                condition=models.Q(news=None),
                name="told_once_per_closing",
            ),
            models.UniqueConstraint(
                fields=["news", "customer"], name="told_once_per_news"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state__in=["waiting", "deferred"]),
                name="telling_due",
            ),
            models.Index(
                fields=["organisation", "id"],
                condition=models.Q(state__in=["queued", "sent", "uncertain"]),
                name="telling_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_state_display()}"

    @property
    def words(self) -> dict[str, str]:
        """Return subject and body as written for this case; empty without any."""
        if not self.words_encrypted:
            return {}
        kept: dict[str, str] = json.loads(decrypt(self.words_encrypted))
        return kept

    def keep_words(self, subject: str, body: str) -> None:
        """Keep words for this case alone; without a body those of the cause serve."""
        said = {"subject": subject, "body": body}
        self.words_encrypted = (
            encrypt(json.dumps(said, ensure_ascii=False)) if body else b""
        )

    @property
    def is_open(self) -> bool:
        """Tell whether the text may still be changed."""
        return self.state in OPEN

    @property
    def key(self) -> str:
        """Return the key under which its message is queued."""
        if self.news_id is not None:
            return f"news:{self.news_id}:{self.customer_id}"
        return f"told:{self.case_id}:{self.turn}"


__all__ = [
    "OPEN",
    "SETTLED",
    "CauseNews",
    "ClosingText",
    "LoopSettings",
    "Telling",
    "TellingState",
]
