"""When an alert is raised, and who gets it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet


class RuleKind(models.TextChoices):
    """What makes a rule look: an answer, an event, or a clock that runs after one."""

    ANSWER = "answer", _("an answer")
    EVENT = "event", _("an event")
    SILENCE = "silence", _("silence after an event")


class OwnerStep(models.TextChoices):
    """Whom a rule looks for, in its order, in the department recorded and above."""

    EMPLOYEE = "employee", _("the employee recorded")
    AGENT = "agent", _("frontline agent")
    TEAM_LEAD = "team_lead", _("team leader")
    GRID_MANAGER = "grid_manager", _("grid manager")
    DEPT_OWNER = "dept_owner", _("department owner")


OWNER_STEPS = (OwnerStep.TEAM_LEAD, OwnerStep.DEPT_OWNER)


def usual_owners() -> list[str]:
    """Return the order in which an owner is looked for unless a rule says otherwise."""
    return [str(step) for step in OWNER_STEPS]


class AlertRuleQuerySet(VisibleQuerySet["AlertRule"]):
    def live(self) -> Self:
        """Return the rules that are switched on."""
        return self.filter(is_on=True)


class AlertRule(OrganisationOwned):
    """A condition on an answer (or a silence), and what follows from it.

    `level` is a wish for the case; empty leaves it to the rules of priority.
    """

    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("looks at"),
        max_length=8,
        choices=RuleKind.choices,
        default=RuleKind.ANSWER,
    )
    condition = models.JSONField(_("condition"), default=dict, blank=True)
    # The comment has to say one of them, where there are any.
    words = models.JSONField(_("words in the comment"), default=list, blank=True)
    # Which events (their kinds in a row), and how long the silence after them.
    event_kinds = models.CharField(_("events"), max_length=200, blank=True)
    silence_days = models.PositiveSmallIntegerField(_("days of silence"), default=7)
    # Within so many days a customer raises a rule's alert once; then it is counted.
    dedupe_days = models.PositiveSmallIntegerField(_("one alert per"), default=7)
    owner_steps = models.JSONField(
        pgettext_lazy("alert", "owner"), default=usual_owners
    )
    owner_person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("else"),
    )
    opens_case = models.BooleanField(_("opens a case"), default=True)
    level = models.CharField(_("level"), max_length=4, blank=True)
    tells_owner = models.BooleanField(_("tells the owner"), default=True)
    tells = models.ManyToManyField(
        Person,
        blank=True,
        related_name="+",
        verbose_name=_("tells also"),
    )
    is_on = models.BooleanField(_("switched on"), default=False)
    # Only what is said from then on raises an alert.
    on_since = models.DateTimeField(null=True, editable=False)
    # Up to which of the organisation's events a rule on events has looked.
    seen_event_id = models.BigIntegerField(default=0, editable=False)
    switched_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    switched_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = AlertRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="alert_rule_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def events(self) -> list[str]:
        """Return the kinds of events that a rule looks at."""
        return self.event_kinds.split()
