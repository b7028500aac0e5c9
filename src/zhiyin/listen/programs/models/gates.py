"""The five gates of a survey project, each passed by a person's word."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet
from zhiyin.listen.programs.models.catalogue import Wave
from zhiyin.listen.programs.models.programmes import Programme


class Gate(models.TextChoices):
    """The gates in the order in which they are passed."""

    DESIGN = "design", _("Questions")
    FRAME = "frame", _("Customers and time")
    FIELDWORK = "fieldwork", _("Control of the fieldwork")
    ANALYSIS = "analysis", _("Analysis and causes")
    IMPROVEMENT = "improvement", _("Plan of improvement")


class GateSignOff(OrganisationOwned):
    """One gate passed, by whom and on what grounds; rows stay, also withdrawn ones."""

    programme = models.ForeignKey(
        Programme,
        on_delete=models.CASCADE,
        related_name="sign_offs",
        verbose_name=_("programme"),
    )
    wave = models.ForeignKey(
        Wave,
        null=True,
        on_delete=models.CASCADE,
        related_name="sign_offs",
        verbose_name=_("wave"),
    )
    gate = models.CharField(_("gate"), max_length=11, choices=Gate.choices)
    # The codes of the points that the person ticked.
    checks = models.JSONField(_("points checked"), default=list)
    note = models.CharField(_("remark"), max_length=500, blank=True)
    signed_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("signed by"),
    )
    signed_at = models.DateTimeField(_("signed"))
    withdrawn_at = models.DateTimeField(_("taken back"), null=True)

    objects = VisibleQuerySet["GateSignOff"].as_manager()

    class Meta:
        verbose_name = _("gate passed")
        verbose_name_plural = _("gates passed")
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "gate"],
                condition=models.Q(wave=None, withdrawn_at=None),
                name="gate_passed_once",
            ),
            models.UniqueConstraint(
                fields=["programme", "wave", "gate"],
                condition=models.Q(withdrawn_at=None),
                name="gate_of_wave_passed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.get_gate_display()}"
