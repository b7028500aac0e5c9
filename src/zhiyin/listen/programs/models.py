"""Touchpoints, waves, and the links through which surveys are answered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, VisibleQuerySet
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.surveys.models import Instrument


class Stream(models.TextChoices):
    """Relationship and transactional answers are never mixed in one number."""

    RELATIONSHIP = "relationship", _("relationship")
    TRANSACTIONAL = "transactional", _("transactional")


class Channel(models.TextChoices):
    """How a survey reaches a customer; imports may bring other names."""

    LINK = "link", _("link")
    QR = "qr", _("QR code")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("e-mail")
    WECHAT = "wechat", _("WeChat")
    APP = "app", _("app")
    CALL = "call", _("call")


class Touchpoint(OrganisationOwned):
    """A moment of the customer's journey after which she may be asked."""

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    # Language code to the name as it reads inside a question.
    names = models.JSONField(_("names in questions"), default=dict, blank=True)
    owner = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=_("owner"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = VisibleQuerySet["Touchpoint"].as_manager()

    class Meta:
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="touchpoint_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """Return the name as a customer of this language reads it."""
        names: dict[str, str] = self.names
        return names.get(language) or self.name


class Wave(OrganisationOwned):
    """One period of relationship fieldwork."""

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    objects = VisibleQuerySet["Wave"].as_manager()

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="wave_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SurveyLink(OrganisationOwned):
    """A public address of a survey, with what is recorded for answers through it."""

    slug = models.SlugField(_("address"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=120)
    instrument = models.ForeignKey(
        Instrument,
        on_delete=models.PROTECT,
        related_name="links",
        verbose_name=_("questionnaire"),
    )
    stream = models.CharField(
        _("stream"),
        max_length=13,
        choices=Stream.choices,
        default=Stream.RELATIONSHIP,
    )
    touchpoint = models.ForeignKey(
        Touchpoint,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("touchpoint"),
    )
    wave = models.ForeignKey(
        Wave,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        verbose_name=_("wave"),
    )
    channel = models.CharField(_("channel"), max_length=20, default="link")
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=_("department"),
    )
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    is_open = models.BooleanField(_("open"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VisibleQuerySet["SurveyLink"].as_manager()

    class Meta:
        verbose_name = _("survey link")
        verbose_name_plural = _("survey links")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def takes_answers(self) -> bool:
        """Tell whether somebody who opens the address now is asked."""
        in_time = self.closes_at is None or clock.now() < self.closes_at
        return self.is_open and in_time and not self.instrument.is_archived


class Invitation(OrganisationOwned):
    """A personal link: one customer, one answer, which she may still edit."""

    link = models.ForeignKey(
        SurveyLink,
        on_delete=models.CASCADE,
        related_name="invitations",
    )
    token_hash = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL)
    language = models.CharField(max_length=10, blank=True)
    # Recorded when the survey goes out: who was responsible then, not later.
    department = models.ForeignKey(Department, null=True, on_delete=models.SET_NULL)
    attributes = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = VisibleQuerySet["Invitation"].as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.link} {self.pk}"

    def has_expired(self) -> bool:
        """Tell whether the time to answer is over."""
        return self.expires_at is not None and clock.now() >= self.expires_at


class LinkTraffic(models.Model):
    """How many answers came in one stretch of time, by link and by sender.

    `key` is a keyed hash that includes the stretch: the sender's address is not
    kept, and two stretches cannot be joined. Rows are deleted within a day.
    """

    key = models.CharField(max_length=64, primary_key=True)
    began_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.began_at:%H:%M} {self.count}"
