"""Praise, and the people whom it is for."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import (
    Department,
    OrganisationOwned,
    Permission,
    Person,
    VisibleQuerySet,
)
from zhiyin.listen.responses.models import Response


class EmployeeName(OrganisationOwned):
    """Who is meant by an employee's number, as it is recorded with answers."""

    employee = models.CharField(_("employee"), max_length=80)
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )

    objects = VisibleQuerySet["EmployeeName"].as_manager()

    class Meta:
        verbose_name = _("employee's number")
        verbose_name_plural = _("employees' numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "employee"], name="employee_named_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} {self.person}"


class PraiseQuerySet(VisibleQuerySet["Praise"]):
    def visible_to(self, person: Person) -> Self:
        """Return praise that is for the person, or for where a role of theirs reaches.

        Praise is good news: whoever may see single answers there may read it.
        """
        rows = super().visible_to(person)
        own = models.Q(person=person)
        if not person.may(Permission.SEE_RESPONSES):
            return rows.filter(own)
        paths = person.reach(Permission.SEE_RESPONSES)
        if paths is None:
            return rows
        for path in paths:
            own |= models.Q(department__path__startswith=path)
        return rows.filter(own)


class Praise(OrganisationOwned):
    """An answer full of praise, and who was told of it when."""

    response = models.OneToOneField(
        Response,
        on_delete=models.CASCADE,
        related_name="praise",
        verbose_name=_("answer"),
    )
    # As recorded when the survey went out.
    employee = models.CharField(_("employee"), max_length=80, blank=True)
    department = models.ForeignKey(
        Department,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("department"),
    )
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("person praised"),
    )
    said_at = models.DateTimeField(_("said"))
    routed_at = models.DateTimeField(_("passed on"), null=True)

    objects = PraiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("praise")
        verbose_name_plural = _("praise")
        ordering = ["-said_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-said_at"]),
            models.Index(
                fields=["organisation", "id"],
                condition=models.Q(routed_at=None),
                name="praise_unrouted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} {self.said_at:%Y-%m-%d}"
