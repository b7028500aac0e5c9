"""When people work: calendars of organisations and their departments."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Department, OrganisationOwned, VisibleQuerySet


class Counts(models.TextChoices):
    """What a clock counts."""

    CALENDAR = "calendar", _("every hour of every day")
    WORKING = "working", _("working hours only")


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("holiday")
    WORKING = "working", _("working day")


class WorkCalendar(OrganisationOwned):
    """The working hours of a week, in one time zone.

    `hours` gives every weekday (0 is Monday) its spans as "HH:MM" pairs; a weekday
    that is missing is free. A span that ends at "24:00" lasts until midnight.
    """

    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    hours = models.JSONField(_("working hours"), default=dict)
    is_default = models.BooleanField(_("holds wherever no other does"), default=False)

    objects = VisibleQuerySet["WorkCalendar"].as_manager()

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")
        ordering = ["-is_default", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="work_calendar_name_once",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(is_default=True),
                name="work_calendar_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day that is not as its weekday: a holiday, or a working day made up for.

    A working day without hours of its own has those of a Monday, else of the first
    weekday that has any.
    """

    calendar = models.ForeignKey(
        WorkCalendar, on_delete=models.CASCADE, related_name="days"
    )
    date = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=8, choices=DayKind.choices)
    name = models.CharField(_("name"), max_length=80, blank=True)
    hours = models.JSONField(_("working hours"), default=list, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "date"], name="calendar_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"


class DepartmentCalendar(models.Model):
    """Which calendar a department works by; departments below inherit it."""

    department = models.OneToOneField(
        Department, on_delete=models.CASCADE, related_name="work_calendar"
    )
    calendar = models.ForeignKey(
        WorkCalendar, on_delete=models.CASCADE, related_name="departments"
    )

    class Meta:
        verbose_name = _("calendar of a department")
        verbose_name_plural = _("calendars of departments")

    def __str__(self) -> str:
        return f"{self.department}: {self.calendar}"
