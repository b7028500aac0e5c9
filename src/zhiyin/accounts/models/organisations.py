"""Organisations (tenants) and their department trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from zhiyin.accounts.models.people import Person


class Organisation(models.Model):
    """One tenant; nothing of one is ever seen from another."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    name = models.CharField(_("name"), max_length=120)
    brand = models.CharField(_("brand shown to customers"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    minimum_n_score = models.PositiveIntegerField(_("answers for a score"), default=30)
    minimum_n_rank = models.PositiveIntegerField(_("answers for a rank"), default=100)
    requires_second_step = models.BooleanField(
        _("everybody logs in with a second step"),
        default=False,
    )
    # Dual control of exports: from how many rows, and for how long.
    export_limit_rows = models.PositiveIntegerField(
        _("rows one person may export alone"),
        default=1_000,
    )
    # Within these hours the rows of one person's exports are counted together.
    export_window_hours = models.PositiveIntegerField(
        _("hours within which exports are counted together"),
        default=24,
    )
    approval_use_minutes = models.PositiveIntegerField(
        _("minutes an approval may be used"),
        default=30,
    )
    approval_wait_hours = models.PositiveIntegerField(
        _("hours a request waits"),
        default=24,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class OrganisationErasure(models.Model):
    """The order to erase one organisation for good, and the proof that it was done.

    The database lets audit entries be deleted only while such an order stands open
    (see `audit.GUARDS`). The row names no foreign key, because it outlives what it
    erased.
    """

    organisation_number = models.BigIntegerField(db_index=True)
    code = models.CharField(max_length=40)
    ordered_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rows_erased = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("erasure of an organisation")
        verbose_name_plural = _("erasures of organisations")

    def __str__(self) -> str:
        return self.code


class DepartmentQuerySet(models.QuerySet["Department"]):
    def visible_to(self, person: Person) -> Self:
        """Return the departments of the person's organisation."""
        if not person.is_active:
            return self.none()
        return self.filter(organisation_id=person.organisation_id)

    def active(self) -> Self:
        """Return departments that can be given work and people."""
        return self.filter(is_active=True)

    def within(self, department: Department) -> Self:
        """Return the department itself and all below it."""
        return self.filter(
            organisation_id=department.organisation_id,
            path__startswith=department.path,
        )


class Department(models.Model):
    """A node of the department tree; `path` lists the ids from the root down."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="departments",
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("parent"),
    )
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    path = models.CharField(max_length=255, editable=False, db_index=True, default="")
    is_active = models.BooleanField(_("active"), default=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code"],
                name="department_code_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """Return 0 for a root department."""
        return self.path.count("/") - 2 if self.path else 0
