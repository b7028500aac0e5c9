"""Registers that the law asks for: assessments, processors, incidents."""

from __future__ import annotations

import datetime as dt
from typing import Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import (
    OrganisationOwned,
    Permission,
    Person,
    VisibleQuerySet,
)
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer

KEPT_YEARS = 3


Row = TypeVar("Row", bound=models.Model)


class RegisterQuerySet(VisibleQuerySet[Row]):
    def visible_to(self, person: Person) -> Self:
        """Return rows for whoever looks after data protection everywhere."""
        rows = super().visible_to(person)
        may = person.may(Permission.MANAGE_PRIVACY)
        everywhere = may and person.reach(Permission.MANAGE_PRIVACY) is None
        return rows if everywhere else rows.none()


class AssessmentKind(models.TextChoices):
    """What has to be assessed before it begins."""

    SENSITIVE = "sensitive", _("sensitive information")
    DECISION = "decision", _("automated decisions")
    ENTRUSTING = "entrusting", _("entrusting or sharing")
    ABROAD = "abroad", _("transfer abroad")
    OTHER = "other", _("other")


class AssessmentState(models.TextChoices):
    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("taken back")


class Assessment(OrganisationOwned):
    """A data protection impact assessment.

    It holds from its approval until the day of its review, and is kept for at least
    three years: rows are never deleted.
    """

    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("about"), max_length=12, choices=AssessmentKind.choices)
    purpose = models.TextField(_("purpose"), max_length=2000)
    necessity = models.TextField(_("necessity"), max_length=2000)
    risks = models.TextField(_("risks"), max_length=4000)
    measures = models.TextField(_("measures taken"), max_length=4000)
    review_on = models.DateField(_("review on"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=AssessmentState.choices,
        default=AssessmentState.DRAFT,
    )
    written_at = models.DateTimeField(_("written"))
    written_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"), null=True)
    approved_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("approved by"),
    )

    objects = RegisterQuerySet["Assessment"].as_manager()

    class Meta:
        verbose_name = _("impact assessment")
        verbose_name_plural = _("impact assessments")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """Return what other rows name it by."""
        return f"DPIA-{self.pk}"

    @property
    def is_in_force(self) -> bool:
        """Tell whether something may rest on it today."""
        is_approved = self.state == AssessmentState.APPROVED
        return is_approved and self.review_on >= clock.now().date()

    @property
    def is_overdue(self) -> bool:
        """Tell whether its review is due."""
        is_approved = self.state == AssessmentState.APPROVED
        return is_approved and not self.is_in_force

    @property
    def kept_until(self) -> dt.date:
        """Return until when it must be kept at least."""
        day = (self.approved_at or self.written_at).date()
        try:
            return day.replace(year=day.year + KEPT_YEARS)
        except ValueError:
            return day.replace(year=day.year + KEPT_YEARS, day=28)


class ProcessorRole(models.TextChoices):
    ENTRUSTED = "entrusted", _("works on our behalf")
    SHARED = "shared", _("receives data for its own ends")
    JOINT = "joint", _("decides together with us")


class Processor(OrganisationOwned):
    """Somebody else who gets data about customers, and on what ground."""

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=10, choices=ProcessorRole.choices)
    purpose = models.CharField(_("purpose"), max_length=300)
    data = models.CharField(_("which data"), max_length=300)
    place = models.CharField(_("where the data lies"), max_length=80)
    is_abroad = models.BooleanField(_("outside the jurisdiction"), default=False)
    contract = models.CharField(_("contract"), max_length=120, blank=True)
    contract_until = models.DateField(_("contract until"), null=True, blank=True)
    contact = models.CharField(_("whom to ask there"), max_length=120, blank=True)
    measures = models.TextField(_("measures taken"), max_length=2000, blank=True)
    assessment = models.ForeignKey(
        Assessment,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="processors",
        verbose_name=_("assessment"),
    )
    is_active = models.BooleanField(_("gets data"), default=False)
    changed_at = models.DateTimeField(_("changed"))

    objects = RegisterQuerySet["Processor"].as_manager()

    class Meta:
        verbose_name = _("processor")
        verbose_name_plural = _("processors")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="processor_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_lapsed(self) -> bool:
        """Tell whether it gets data on a ground that does not hold any more."""
        today = clock.now().date()
        is_over = self.contract_until is not None and self.contract_until < today
        ground = self.assessment
        return self.is_active and (is_over or ground is None or not ground.is_in_force)


class IncidentState(models.TextChoices):
    FOUND = "found", _("found")
    CONTAINED = "contained", _("contained")
    CLOSED = "closed", _("closed")


class Incident(OrganisationOwned):
    """Data that went where it must not: what, since when, whom it concerns.

    `scope` names the exports, imports and filters by which whom it concerns was found.
    """

    title = models.CharField(_("title"), max_length=120)
    what = models.TextField(_("what happened"), max_length=4000)
    data = models.CharField(_("which data"), max_length=300)
    harm = models.TextField(_("possible harm"), max_length=2000)
    measures = models.TextField(_("measures taken"), max_length=4000, blank=True)
    happened_at = models.DateTimeField(_("happened"), null=True, blank=True)
    found_at = models.DateTimeField(_("found"))
    authority_due_at = models.DateTimeField(_("tell the authority by"))
    persons_due_at = models.DateTimeField(_("tell the persons by"))
    authority_told_at = models.DateTimeField(null=True)
    persons_told_at = models.DateTimeField(null=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=IncidentState.choices,
        default=IncidentState.FOUND,
    )
    owner = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("owner"),
    )
    scope = models.JSONField(default=dict)
    persons = models.PositiveIntegerField(_("persons"), null=True)
    counted_at = models.DateTimeField(null=True)

    objects = RegisterQuerySet["Incident"].as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-found_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.state == IncidentState.CLOSED

    @property
    def waits_for_authority(self) -> bool:
        """Tell whether the authority has still to be told."""
        return self.authority_told_at is None and not self.is_closed

    @property
    def waits_for_persons(self) -> bool:
        """Tell whether the persons have still to be told."""
        return self.persons_told_at is None and not self.is_closed

    @property
    def is_late(self) -> bool:
        """Tell whether somebody should have been told by now."""
        now = clock.now()
        return (self.waits_for_authority and self.authority_due_at < now) or (
            self.waits_for_persons and self.persons_due_at < now
        )


class IncidentPerson(models.Model):
    """One customer whom an incident concerns."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, related_name="people"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "customer"], name="incident_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.customer_id}"


class IncidentStep(models.TextChoices):
    NOTE = "note", _("remark")
    FOUND = "found", _("found")
    COUNTED = "counted", _("persons counted")
    AUTHORITY = "authority", _("authority told")
    PERSONS = "persons", _("persons told")
    EXEMPT = "exempt", _("persons need not be told")
    CONTAINED = "contained", _("contained")
    CLOSED = "closed", _("closed")


class IncidentNote(models.Model):
    """A step of an incident, or a notice given; lines are added, never changed."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, related_name="notes"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    step = models.CharField(max_length=10, choices=IncidentStep.choices)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.step}"
