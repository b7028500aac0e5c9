"""Programmes: whom to ask what, on which occasion, by which way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, VisibleQuerySet
from zhiyin.channels.models import ChannelAccount, MessageTemplate
from zhiyin.listen.programs.models.catalogue import Channel, Stream, Touchpoint
from zhiyin.listen.surveys.models import Instrument


class Trigger(models.TextChoices):
    """What starts the asking."""

    EVENT = "event", _("an event of the customer")
    WAVE = "wave", _("a wave")


class Cadence(models.TextChoices):
    """How often waves are asked; `SPREAD` asks a share of the customers every day."""

    ONCE = "once", _("once")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    YEARLY = "yearly", _("every year")
    SPREAD = "spread", _("spread evenly over the cadence")


class Programme(OrganisationOwned):
    """A standing rule of whom to ask: the collection plan and what it compiles to.

    `plan` holds the six answers of the plan in people's words (who, what, when, where,
    why, how); all other fields are what the machine does. `code` is the touchpoint's
    code where there is one: the contact policy keeps a clock by it.
    """

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    stream = models.CharField(_("stream"), max_length=13, choices=Stream.choices)
    trigger = models.CharField(_("trigger"), max_length=6, choices=Trigger.choices)
    touchpoint = models.ForeignKey(
        Touchpoint,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="programmes",
        verbose_name=_("touchpoint"),
    )
    instrument = models.ForeignKey(
        Instrument,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="programmes",
        verbose_name=_("questionnaire"),
    )
    owner = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("owner"),
    )
    plan = models.JSONField(_("collection plan"), default=dict, blank=True)
    # When: the event, what must hold, and how long to wait.
    event_kind = models.CharField(_("event"), max_length=80, blank=True)
    cancel_event_kind = models.CharField(
        _("cancelling event"), max_length=80, blank=True
    )
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    exclusions = models.JSONField(_("exclusions"), default=dict, blank=True)
    delay_minutes = models.PositiveIntegerField(_("delay"), default=0)
    expires_hours = models.PositiveIntegerField(_("time to answer"), default=72)
    reminder_days = models.PositiveSmallIntegerField(
        _("reminder"), null=True, blank=True
    )
    # Whom: the share of the occasions, and where a pilot stays.
    sampling_share = models.FloatField(_("share asked"), default=1.0)
    pilot_departments = models.ManyToManyField(
        Department,
        blank=True,
        related_name="+",
        verbose_name=_("only in"),
    )
    # How the sample is drawn; see `queries.sampling.Sampling`.
    sampling = models.JSONField(_("sampling"), default=dict, blank=True)
    # Waves: how often, and how many of which.
    cadence = models.CharField(
        _("cadence"),
        max_length=9,
        choices=Cadence.choices,
        default=Cadence.ONCE,
    )
    cadence_days = models.PositiveSmallIntegerField(_("days"), default=90)
    strata = models.JSONField(_("strata"), default=list, blank=True)
    quotas = models.JSONField(_("quotas"), default=list, blank=True)
    # By which way.
    channel = models.CharField(_("channel"), max_length=20, default=Channel.SMS)
    account = models.ForeignKey(
        ChannelAccount,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sender"),
    )
    template = models.ForeignKey(
        MessageTemplate,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("template"),
    )
    fallback_channel = models.CharField(_("else by"), max_length=20, blank=True)
    fallback_account = models.ForeignKey(
        ChannelAccount,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sender of the fallback"),
    )
    fallback_template = models.ForeignKey(
        MessageTemplate,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("template of the fallback"),
    )
    is_live = models.BooleanField(_("live"), default=False)
    # Events up to this id have been looked at; going live starts after the newest.
    seen_event_id = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VisibleQuerySet["Programme"].as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="programme_code_once",
            ),
            models.CheckConstraint(
                condition=models.Q(sampling_share__gt=0, sampling_share__lte=1),
                name="programme_share_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.name
