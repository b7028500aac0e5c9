"""What people add to the metric dictionary, and marks on the time line."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet
from zhiyin.listen.programs.models import Stream


class MetricNote(OrganisationOwned):
    """Who answers for a metric in this organisation, and what they add to it."""

    metric = models.CharField(_("metric"), max_length=20)
    owner = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("owner"),
    )
    note = models.TextField(_("note"), blank=True, max_length=2000)
    target = models.FloatField(_("target"), null=True, blank=True)

    objects = VisibleQuerySet["MetricNote"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "metric"],
                name="metric_noted_once",
            ),
        ]

    def __str__(self) -> str:
        return self.metric


class MarkerKind(models.TextChoices):
    INTERVENTION = "intervention", _("intervention")
    INSTRUMENT = "instrument", _("instrument change")
    EVENT = "event", _("outside event")


class ChangeMarker(OrganisationOwned):
    """Something that happened on a day, drawn on every trend it concerns."""

    on = models.DateField(_("day"))
    label = models.CharField(_("what happened"), max_length=80)
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=MarkerKind.choices,
        default=MarkerKind.INTERVENTION,
    )
    stream = models.CharField(
        _("stream"),
        max_length=13,
        choices=Stream.choices,
        blank=True,
    )
    touchpoint = models.CharField(_("touchpoint"), max_length=60, blank=True)
    created_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = VisibleQuerySet["ChangeMarker"].as_manager()

    class Meta:
        verbose_name = _("change marker")
        verbose_name_plural = _("change markers")
        ordering = ["on"]

    def __str__(self) -> str:
        return self.label
