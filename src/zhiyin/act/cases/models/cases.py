"""The case itself: one unhappy customer, an owner, clocks and an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import (
    Department,
    OrganisationOwned,
    Permission,
    Person,
    VisibleQuerySet,
)
from zhiyin.act.cases.models.rules import CaseLevel, NeedType
from zhiyin.act.cases.models.states import ENDED, OVER, Outcome, State
from zhiyin.listen.contacts.models import Suppression
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.responses.models import Response

if TYPE_CHECKING:
    import datetime as dt


class Source(models.TextChoices):
    ALERT = "alert", _("alert")
    PERSON = "person", _("colleague")
    API = "api", _("another system")
    WORKORDER = "workorder", _("work order")


class ContactResult(models.TextChoices):
    """What came of the talk with the customer, as it is kept at closing."""

    SATISFIED = "satisfied", pgettext_lazy("customer", "content")
    ACCEPTED = "accepted", _("accepts the answer")
    DISSATISFIED = "dissatisfied", _("still unhappy")
    NOT_REACHED = "not_reached", _("not reached")
    NOT_WANTED = "not_wanted", _("wanted no contact")


def departments_below(person: Person, paths: list[str]) -> list[int]:
    """Return the ids of departments with these paths, and of all below them.

    They are asked for once per person and request, and named one by one: a condition
    on paths would keep the database from using the indexes of a million cases.
    """
    known: dict[tuple[str, ...], list[int]] = person.__dict__.setdefault(
        "_departments_below", {}
    )
    key = tuple(paths)
    if key not in known:
        within = models.Q(pk__in=[])
        for path in paths:
            within |= models.Q(path__startswith=path)
        rows = Department.objects.filter(within, organisation=person.organisation_id)
        known[key] = list(rows.values_list("pk", flat=True))
    return known[key]


class CaseQuerySet(VisibleQuerySet["Case"]):
    def visible_to(self, person: Person) -> Self:
        """Return cases of the person's departments, their own, and those offered."""
        rows = super().visible_to(person)
        if not person.may(Permission.SEE_CASES):
            return rows.none()
        paths = person.reach(Permission.SEE_CASES)
        if paths is None:
            return rows
        reached = departments_below(person, paths)
        within = models.Q(owner=person)
        within |= models.Q(department__in=reached) | models.Q(offered_to__in=reached)
        return rows.filter(within)

    def open(self) -> Self:
        """Return cases with which somebody still has something to do."""
        return self.filter(closed_at=None)


class Case(OrganisationOwned):
    """One customer's matter, from the alert to the answer.

    `next_due_at` is the nearest clock that still runs, `next_check_at` the moment at
    which the worker has to look at it next. `version` counts the writes: whoever
    saves names the version they saw, and a case that has moved on refuses.
    `closed_at` is set while the case is closed or merged, and only then.
    """

    number = models.PositiveIntegerField(_("number"))
    level = models.ForeignKey(
        CaseLevel, on_delete=models.PROTECT, verbose_name=_("level")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.NEW
    )
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    # Erasing a customer leaves the case, without anything about them.
    customer = models.ForeignKey(
        Customer,
        null=True,
        on_delete=models.SET_NULL,
        related_name="cases",
        verbose_name=_("customer"),
    )
    response = models.ForeignKey(
        Response,
        null=True,
        on_delete=models.SET_NULL,
        related_name="cases",
        verbose_name=_("answer"),
    )
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    # What another system calls it: told twice, it is one case.
    source_key = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001
    score = models.FloatField(_("score"), null=True)
    given_class = models.CharField(max_length=10, blank=True)
    touchpoint = models.CharField(_("touchpoint"), max_length=60, blank=True)
    value_tier = models.CharField(_("value tier"), max_length=60, blank=True)
    # As they were when the case was opened, like the value tier.
    star_tier = models.CharField(
        _("star tier"), max_length=20, blank=True, db_default="", default=""
    )
    network = models.CharField(
        _("network"), max_length=20, blank=True, db_default="", default=""
    )
    # The employee whom the answer was about, as the source names them.
    employee = models.CharField(_("employee"), max_length=80, blank=True)

    department = models.ForeignKey(
        Department,
        null=True,
        on_delete=models.PROTECT,
        related_name="cases",
        verbose_name=_("department"),
    )
    # The department that was asked to take the case over and has not answered yet.
    offered_to = models.ForeignKey(
        Department, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    owner = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="cases",
        verbose_name=_("owner"),
    )
    verifier = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("verifier"),
    )

    opened_at = models.DateTimeField(_("opened"))
    state_since = models.DateTimeField(_("since"))
    acknowledge_warn_at = models.DateTimeField(null=True)
    acknowledge_by = models.DateTimeField(_("acknowledge by"), null=True)
    contact_warn_at = models.DateTimeField(null=True)
    contact_by = models.DateTimeField(_("first contact by"), null=True)
    resolve_warn_at = models.DateTimeField(null=True)
    resolve_by = models.DateTimeField(_("resolve by"), null=True)
    close_by = models.DateTimeField(_("close by"), null=True)
    next_due_at = models.DateTimeField(_("due"), null=True)
    next_check_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    contacted_at = models.DateTimeField(_("first contact"), null=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    explained_at = models.DateTimeField(_("explained"), null=True)
    verified_at = models.DateTimeField(_("verified"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Outcome.choices, blank=True
    )
    need_type = models.CharField(
        _("need"), max_length=9, choices=NeedType.choices, blank=True
    )
    action_taken = models.TextField(_("action taken"), blank=True)
    contact_result = models.CharField(
        _("result of the contact"),
        max_length=12,
        choices=ContactResult.choices,
        blank=True,
    )
    customer_told = models.BooleanField(_("customer told"), null=True)
    promise_due_at = models.DateTimeField(_("promised until"), null=True)
    next_update_at = models.DateTimeField(_("next update to the customer"), null=True)
    update_every_days = models.PositiveSmallIntegerField(
        _("days between updates to the customer"), null=True
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    reopened_count = models.PositiveSmallIntegerField(_("reopened"), default=0)
    reopened_at = models.DateTimeField(null=True)
    escalated_level = models.PositiveSmallIntegerField(_("escalated"), default=0)
    suppression = models.ForeignKey(
        Suppression, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="case_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "source_key"], name="case_source_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(OVER), closed_at__isnull=False)
                | (~models.Q(state__in=sorted(OVER)) & models.Q(closed_at=None)),
                name="case_over_is_closed",
            ),
        ]
        indexes = [
            # The queue of an organisation, of a department, of a person.
            models.Index(
                fields=["organisation", "next_due_at", "id"],
                condition=models.Q(closed_at=None),
                name="case_queue",
            ),
            models.Index(
                fields=["department", "next_due_at", "id"],
                condition=models.Q(closed_at=None),
                name="case_queue_department",
            ),
            models.Index(
                fields=["owner", "next_due_at", "id"],
                condition=models.Q(closed_at=None),
                name="case_queue_owner",
            ),
            # What the filter of star tiers offers.
            models.Index(
                fields=["organisation", "star_tier"],
                condition=models.Q(closed_at=None),
                name="case_queue_star",
            ),
            # What the worker has to look at.
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(closed_at=None),
                name="case_to_check",
            ),
            models.Index(
                fields=["organisation", "-opened_at", "-id"], name="case_newest"
            ),
            models.Index(
                fields=["organisation", "state", "-opened_at"], name="case_by_state"
            ),
            models.Index(
                fields=["organisation", "-closed_at"],
                condition=models.Q(closed_at__isnull=False),
                name="case_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.number}"

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has something to do."""
        return self.state not in OVER

    @property
    def has_answer(self) -> bool:
        """Tell whether the customer has an answer and the case waits to be closed."""
        return self.state in ENDED

    def is_late(self, at: dt.datetime) -> bool:
        """Tell whether a clock has run out by then."""
        return self.is_open and self.next_due_at is not None and self.next_due_at < at

    @property
    def is_about_owner(self) -> bool:
        """Tell whether the owner is the employee whom the customer judged."""
        if not self.employee or self.owner is None:
            return False
        names = {self.owner.email.casefold(), self.owner.name.casefold()}
        return self.employee.strip().casefold() in names
