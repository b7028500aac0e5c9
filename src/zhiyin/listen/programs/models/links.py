"""The addresses at which surveys are answered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, VisibleQuerySet
from zhiyin.common import clock
from zhiyin.listen.programs.models.catalogue import Stream, Touchpoint, Wave
from zhiyin.listen.surveys.models import Instrument


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
    # Only who was invited answers here: the bare address asks nobody.
    is_personal = models.BooleanField(
        _("by invitation only"), default=False, db_default=False
    )
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
