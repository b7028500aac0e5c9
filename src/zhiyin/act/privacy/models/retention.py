"""How long what is kept here, and what each purge removed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet


class RetentionRule(OrganisationOwned):
    """An organisation's own time for one kind of data; else the default holds."""

    kind = models.CharField(max_length=40)
    months = models.PositiveSmallIntegerField(_("months"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = VisibleQuerySet["RetentionRule"].as_manager()

    class Meta:
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind"], name="retention_rule_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.months}"


class RunState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    WORKING = "working", _("at work")
    DONE = "done", _("done")


class RetentionRun(OrganisationOwned):
    """One purge, or one look at what a purge would remove.

    `counts` maps a kind to how many were removed, or would be; `before` to the moment
    before which they lie. Both are written after every batch.
    """

    is_dry = models.BooleanField(default=False)
    state = models.CharField(
        _("state"), max_length=8, choices=RunState.choices, default=RunState.WAITING
    )
    before = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    done = models.JSONField(default=list)
    claimed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("started"))
    created_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = VisibleQuerySet["RetentionRun"].as_manager()

    class Meta:
        verbose_name = _("purge")
        verbose_name_plural = _("purges")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def total(self) -> int:
        """Return how many rows in all."""
        return sum(self.counts.values())

    @property
    def is_at_work(self) -> bool:
        """Tell whether a page that shows it should look again soon."""
        return self.state != RunState.DONE
