"""The same customer asked again after the case, with both answers side by side."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.act.cases.models import Case
from zhiyin.listen.responses.models import Response


class LoopMark(OrganisationOwned):
    """How far a reader of answers came."""

    reader = models.CharField(max_length=40)
    last = models.BigIntegerField(default=0)

    objects = VisibleQuerySet["LoopMark"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "reader"], name="loop_mark_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader} {self.last}"


class Remeasurement(OrganisationOwned):
    """One closing of a case: the event told to the programmes, and what came of it.

    `event_key` is the key of the event by which the programme of closed cases asks
    again; the answer finds its case by it, and says itself what the score is now.
    """

    case = models.ForeignKey(
        Case,
        on_delete=models.CASCADE,
        related_name="remeasurements",
        verbose_name=_("case"),
    )
    turn = models.PositiveSmallIntegerField(default=0)
    event_key = models.CharField(max_length=120)
    closed_at = models.DateTimeField(_("closed"))
    # Set when the case was opened again: nobody is asked about this closing any more.
    withdrawn_at = models.DateTimeField(null=True)
    before_score = models.FloatField(_("score before"), null=True)
    before_class = models.CharField(_("class before"), max_length=10, blank=True)
    response = models.OneToOneField(
        Response,
        null=True,
        on_delete=models.SET_NULL,
        related_name="remeasurement",
        verbose_name=_("answer"),
    )

    objects = VisibleQuerySet["Remeasurement"].as_manager()

    class Meta:
        verbose_name = _("re-survey")
        verbose_name_plural = _("re-surveys")
        ordering = ["-closed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "turn"], name="remeasured_once_per_closing"
            ),
            models.UniqueConstraint(
                fields=["organisation", "event_key"], name="remeasured_once_per_event"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "id"],
                condition=models.Q(response=None),
                name="remeasurement_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.turn}"
