"""People, their roles and their invitations."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models.access import OrganisationOwned, VisibleQuerySet
from zhiyin.accounts.models.organisations import Department, Organisation
from zhiyin.accounts.models.roles import PERMISSIONS, Permission, Role
from zhiyin.common import clock


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class PersonQuerySet(VisibleQuerySet["Person"]):
    pass


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None, **extra: Any) -> Person:
        """Create a person who can log in; `password=None` cannot log in yet."""
        person: Person = self.model(email=self.normalize_email(email).lower(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who works for one organisation."""

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="people",
    )
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    theme = models.CharField(
        _("appearance"),
        max_length=10,
        choices=Theme.choices,
        default=Theme.AUTO,
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    # Part of every session's seal: adding one ends all sessions at once.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def assignments(self) -> list[RoleAssignment]:
        """Return this person's roles with their departments, in order of the roles."""
        given = self.role_assignments.select_related("department")
        return sorted(given, key=lambda each: (Role.values.index(each.role), each.pk))

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Return everything any of the person's roles allows."""
        return frozenset().union(
            *(PERMISSIONS[given.role] for given in self.assignments),
        )

    def may(self, permission: Permission | str) -> bool:
        """Tell whether the person may do this at all."""
        return self.is_active and permission in self.permissions

    @property
    def roles(self) -> list[str]:
        """Return role codes, in the order of the role list."""
        held = {given.role for given in self.assignments}
        return [code for code in Role.values if code in held]

    def reach(self, permission: Permission | str | None = None) -> list[str] | None:
        """Return the department paths the person reaches; None is everywhere.

        A role given in a department reaches that department and what is below it;
        a role given without one reaches the whole organisation. With a permission
        only the roles that allow it count: an analyst of everything who is also an
        agent of one hall may reveal personal data in that hall alone.
        """
        paths = []
        for given in self.assignments:
            if permission is not None and permission not in PERMISSIONS[given.role]:
                continue
            if given.department is None:
                return None
            paths.append(given.department.path)
        return paths

    def sees_whole_organisation(
        self,
        permission: Permission | str | None = None,
    ) -> bool:
        """Tell whether a role (that allows this) reaches beyond departments."""
        return self.reach(permission) is None

    def department_paths(self, permission: Permission | str | None = None) -> list[str]:
        """Return the roots of the subtrees the roles reach; see `reach`."""
        return self.reach(permission) or []

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        sealed = salted_hmac(
            "zhiyin.accounts.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        )
        return sealed.hexdigest()


class StaffRequest(HttpRequest):
    """A request behind a door: its user is a person, for the type checker's sake."""

    user: Person


class RoleAssignment(models.Model):
    """One role of one person, in one department or in the whole organisation."""

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="role_assignments",
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        verbose_name=_("department"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "department"],
                name="role_given_once_per_department",
            ),
            # NULLs are distinct in SQL: the whole organisation needs its own rule.
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=models.Q(department__isnull=True),
                name="role_given_once_for_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"


class ColleagueInvitationQuerySet(VisibleQuerySet["ColleagueInvitation"]):
    def pending(self) -> Self:
        """Return those neither accepted nor withdrawn, expired ones included."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class ColleagueInvitation(OrganisationOwned):
    """A colleague's way in: a link that works once and only for a while."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("department"),
    )
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("sent"))
    mail_sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = ColleagueInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email

    @property
    def state(self) -> str:
        """Return `accepted`, `withdrawn`, `expired` or `open`."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "open" if self.expires_at > clock.now() else "expired"
