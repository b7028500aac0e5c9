"""Devices that stand in a shop and ask whoever comes by."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, VisibleQuerySet
from zhiyin.listen.programs.models.links import SurveyLink


class KioskDevice(OrganisationOwned):
    """A tablet registered under a link; the code in its address is its key.

    `pin_salt` and `pin_hash` let the device check the PIN while it is offline.
    `waiting` and `clock_offset_seconds` are what it told when it was last heard of:
    answers still kept on it, and by how much our clock is ahead of its own.
    """

    link = models.ForeignKey(
        SurveyLink,
        on_delete=models.CASCADE,
        related_name="kiosks",
        verbose_name=_("survey link"),
    )
    code = models.SlugField(max_length=16, unique=True)
    name = models.CharField(_("where it stands"), max_length=120)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("department"),
    )
    accent = models.CharField(_("colour"), max_length=7, default="#0b6e66")
    idle_seconds = models.PositiveSmallIntegerField(
        _("seconds without a touch until it begins again"),
        default=30,
        validators=[MinValueValidator(5), MaxValueValidator(600)],
    )
    thanks_seconds = models.PositiveSmallIntegerField(
        _("seconds the thanks are shown"),
        default=6,
        validators=[MinValueValidator(2), MaxValueValidator(60)],
    )
    pin_salt = models.CharField(max_length=32)
    pin_hash = models.CharField(max_length=64)
    is_active = models.BooleanField(_("in use"), default=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True)
    waiting = models.PositiveIntegerField(_("waiting answers"), default=0)
    clock_offset_seconds = models.FloatField(default=0.0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = VisibleQuerySet["KioskDevice"].as_manager()

    class Meta:
        verbose_name = _("kiosk")
        verbose_name_plural = _("kiosks")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class KioskAnswer(models.Model):
    """That an answer of a device has arrived: the same key never makes a second one.

    It names no response. `device_at` is the moment by the device's own clock; both
    times are those of the day alone where the questionnaire is anonymous.
    """

    device = models.ForeignKey(
        KioskDevice,
        on_delete=models.CASCADE,
        related_name="answers",
    )
    key = models.CharField(max_length=40)
    device_at = models.DateTimeField()
    offset_seconds = models.FloatField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "key"],
                name="kiosk_answer_once",
            ),
        ]

    def __str__(self) -> str:
        return self.key
