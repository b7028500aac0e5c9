"""What customers are asked about, and when: touchpoints and waves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, VisibleQuerySet


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
    WIDGET = "widget", _("web widget")
    KIOSK = "kiosk", _("kiosk")
    IVR = "ivr", _("IVR")
    WECOM = "wecom", _("WeCom")
    API = "api", _("API")


class Stage(models.TextChoices):
    """The stages of a customer's journey, in their order."""

    JOIN = "join", _("joining")
    USE = "use", _("using")
    PAY = "pay", _("paying")
    HELP = "help", _("getting help")
    CHANGE = "change", _("changing")
    LEAVE = "leave", _("leaving")
    WHOLE = "whole", _("the relationship as a whole")


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
    stage = models.CharField(
        _("stage of the journey"),
        max_length=10,
        choices=Stage.choices,
        blank=True,
    )
    # Where the law or plain decency forbids a survey, no programme goes live.
    is_surveyed = models.BooleanField(_("customers may be asked"), default=True)
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
    programme = models.ForeignKey(
        "programs.Programme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="waves",
        verbose_name=_("programme"),
    )
    # Until then, units that are assessed by the wave do not see who is asked.
    locked_until = models.DateTimeField(_("names hidden until"), null=True, blank=True)
    # What became of the customers when the frame was drawn, once it is.
    frame_counts = models.JSONField(default=dict, editable=False)
    frame_claimed_at = models.DateTimeField(null=True, editable=False)
    frame_built_at = models.DateTimeField(_("drawn"), null=True, editable=False)

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
