"""Erasures at work, and the proof that they were done."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import (
    OrganisationOwned,
    Permission,
    Person,
    VisibleQuerySet,
)
from zhiyin.act.privacy.models.requests import SubjectRequest
from zhiyin.common.confidential import decrypt
from zhiyin.listen.customers.services import DataSubject


class ErasureState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ERASING = "erasing", _("erasing")
    SETTLING = "settling", _("waiting until files are rewritten")
    DONE = "done", _("done")


class ErasureQuerySet(VisibleQuerySet["Erasure"]):
    def visible_to(self, person: Person) -> Self:
        """Return erasures for who answers requests, as those."""
        rows = super().visible_to(person)
        may = person.may(Permission.MANAGE_PRIVACY)
        everywhere = may and person.reach(Permission.MANAGE_PRIVACY) is None
        return rows if everywhere else rows.none()


class Erasure(OrganisationOwned):
    """One customer's way out of every place.

    `subject_encrypted` says by what the customer is found; it lasts only as long as
    the work, so that a killed worker's successor can go on, and is then emptied.
    """

    request = models.OneToOneField(
        SubjectRequest, null=True, on_delete=models.SET_NULL, related_name="erasure"
    )
    customer_number = models.BigIntegerField()
    subject_encrypted = models.BinaryField(default=bytes)
    keeps_scores = models.BooleanField(default=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=ErasureState.choices,
        default=ErasureState.WAITING,
    )
    waits_for = models.CharField(max_length=200, blank=True)
    ordered_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    ordered_at = models.DateTimeField(_("ordered"))
    # What the lake must have reached, and how far it was when that was seen.
    change = models.BigIntegerField(default=0)
    clean_until = models.BigIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    # What is still found afterwards by the customer's traces, by table and column.
    leftovers = models.JSONField(default=dict)
    # Who was given files that held the customer: lines of the register of exports.
    exports = models.JSONField(default=list)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def subject(self) -> DataSubject:
        """Return by what the customer is found."""
        return DataSubject.from_json(decrypt(self.subject_encrypted))

    @property
    def is_at_work(self) -> bool:
        """Tell whether a page that shows it should look again soon."""
        return self.state != ErasureState.DONE

    @property
    def percent(self) -> int:
        """Return how far it is; the last part is the waiting for files."""
        steps = list(self.steps.all())
        if self.state == ErasureState.DONE:
            return 100
        done = sum(1 for step in steps if step.done_at)
        return min(95, 90 * done // len(steps)) if steps else 0


class ErasureStep(models.Model):
    """One place of an erasure: what was there, and when it was gone."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=40)
    erased = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["erasure", "place"], name="erasure_step_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.erasure_id} {self.place}"
