"""Cleaning runs and what they took out, weights, and answers that were checked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet
from zhiyin.listen.responses.models import Response


class CleaningRule(models.TextChoices):
    """The rules in the order of trial; the first that fits is the one that is named."""

    TEST = "test", _("test number")
    EMPLOYEE = "employee", _("own employee")
    DUPLICATE = "duplicate", _("duplicate")
    LATE = "late", _("too late")
    BURST = "burst", _("same words in a burst")
    SPEEDER = "speeder", _("answered too fast to have read")
    STRAIGHT_LINING = "straight_lining", _("same point everywhere, and fast")


class CleaningPlan(OrganisationOwned):
    """Which rules an organisation applies, and with which numbers."""

    rules = models.JSONField(_("rules"), default=dict)
    is_automatic = models.BooleanField(_("every night"), default=False)

    objects = VisibleQuerySet["CleaningPlan"].as_manager()

    class Meta:
        verbose_name = _("cleaning rules")
        verbose_name_plural = _("cleaning rules")
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="cleaning_plan_once"),
        ]

    def __str__(self) -> str:
        return str(self.organisation_id)


class RunState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    LOOKING = "looking", _("looking")
    FOUND = "found", _("found, nothing taken out yet")
    APPLYING = "applying", _("taking out")
    APPLIED = "applied", _("taken out")
    UNDOING = "undoing", _("putting back")
    UNDONE = "undone", _("put back")
    FAILED = "failed", _("failed")


class CleaningRun(OrganisationOwned):
    """One look at the answers of a time, with what the rules found in them."""

    rules = models.JSONField(default=dict)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    state = models.CharField(
        _("state"), max_length=8, choices=RunState.choices, default=RunState.WAITING
    )
    # The worker goes on with what was asked for: a nightly run applies at once.
    applies_at_once = models.BooleanField(default=False)
    judged = models.PositiveIntegerField(_("answers judged"), default=0)
    counts = models.JSONField(default=dict)
    # Score of the main question before and after: value, half width, n.
    effect = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    claimed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, verbose_name=_("by")
    )
    settled_at = models.DateTimeField(_("settled"), null=True)

    objects = VisibleQuerySet["CleaningRun"].as_manager()

    class Meta:
        verbose_name = _("cleaning run")
        verbose_name_plural = _("cleaning runs")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.since} – {self.until}"

    @property
    def is_at_work(self) -> bool:
        """Tell whether a page that shows it should look again soon."""
        return self.state in {
            RunState.WAITING,
            RunState.LOOKING,
            RunState.APPLYING,
            RunState.UNDOING,
        }

    @property
    def found(self) -> int:
        """Return how many answers some rule fits."""
        return sum(self.counts.values())


class CleaningHit(models.Model):
    """One answer that a rule fits, and what about it."""

    run = models.ForeignKey(CleaningRun, on_delete=models.CASCADE, related_name="hits")
    response = models.ForeignKey(
        Response, on_delete=models.CASCADE, related_name="cleaning_hits"
    )
    rule = models.CharField(_("rule"), max_length=20, choices=CleaningRule.choices)
    detail = models.CharField(max_length=120, blank=True)
    # Taken out by this run; one that was out already stays with its own reason.
    is_applied = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("answer that a rule fits")
        verbose_name_plural = _("answers that a rule fits")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "response"], name="cleaning_hit_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.response_id}"


class WeightingRun(OrganisationOwned):
    """Weights given to the answers of a selection, so that margins meet the base."""

    name = models.CharField(_("name"), max_length=120)
    selection = models.JSONField(default=dict)
    fields = models.JSONField(_("fields"), default=list)
    targets = models.JSONField(_("base"), default=dict)
    diagnostics = models.JSONField(default=dict)
    answers = models.PositiveIntegerField(_("answers"), default=0)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, verbose_name=_("by")
    )
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects = VisibleQuerySet["WeightingRun"].as_manager()

    class Meta:
        verbose_name = _("weighting")
        verbose_name_plural = _("weightings")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class FormerWeight(models.Model):
    """What an answer weighed before; undoing gives it back."""

    run = models.ForeignKey(
        WeightingRun, on_delete=models.CASCADE, related_name="former"
    )
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="+")
    weight = models.FloatField(null=True)
    given = models.FloatField()

    def __str__(self) -> str:
        return f"{self.response_id}: {self.weight}"


class AuditSample(OrganisationOwned):
    """Answers drawn by chance, to be checked with the customers by somebody else."""

    name = models.CharField(_("name"), max_length=120)
    share = models.FloatField(_("share"))
    seed = models.CharField(max_length=32)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    base = models.PositiveIntegerField(_("answers"), default=0)
    created_at = models.DateTimeField(_("drawn"))
    created_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, verbose_name=_("by")
    )

    objects = VisibleQuerySet["AuditSample"].as_manager()

    class Meta:
        verbose_name = _("audit sample")
        verbose_name_plural = _("audit samples")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class AuditResult(models.TextChoices):
    OPEN = "open", _("to be checked")
    CONFIRMED = "confirmed", _("confirmed")
    DIFFERS = "differs", _("answer differs")
    NOT_REACHED = "not_reached", _("not reached")
    REFUSED = "refused", _("does not want to talk")


class AuditCase(models.Model):
    """One answer to check, and what the customer said."""

    sample = models.ForeignKey(
        AuditSample, on_delete=models.CASCADE, related_name="cases"
    )
    response = models.ForeignKey(
        Response, on_delete=models.CASCADE, related_name="audit_cases"
    )
    result = models.CharField(
        _("result"),
        max_length=11,
        choices=AuditResult.choices,
        default=AuditResult.OPEN,
    )
    # "Did anybody ask you for a high score?"
    was_asked_for_score = models.BooleanField(_("asked for a score"), null=True)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    checked_by = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("answer to check")
        verbose_name_plural = _("answers to check")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "response"], name="audit_case_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.response_id}"
