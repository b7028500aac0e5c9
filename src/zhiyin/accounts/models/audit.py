"""Who did what, when, to what: written once, never changed.

Two fences hold that promise: the classes below refuse in Python, and triggers made
by the migrations refuse in the database itself, for whoever comes past Python.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models.access import OrganisationOwned, VisibleQuerySet
from zhiyin.accounts.models.people import Person


class EntryIsFinalError(TypeError):
    """Somebody tried to change or delete what the audit log holds."""

    def __init__(self) -> None:
        super().__init__(
            "audit entries are never changed or deleted; an organisation's log goes "
            "only with the organisation (manage.py erase_organisation)",
        )


class AuditEntryQuerySet(VisibleQuerySet["AuditEntry"]):
    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse: the log is append-only."""
        raise EntryIsFinalError

    def delete(self) -> NoReturn:
        """Refuse: the log is append-only."""
        raise EntryIsFinalError


class AuditEntry(OrganisationOwned):
    """One write, or one reveal of personal data."""

    at = models.DateTimeField(_("time"), db_index=True)
    # RESTRICT and not SET_NULL: forgetting who did it would change the entry.
    actor = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.RESTRICT,
        related_name="+",
        verbose_name=_("who"),
    )
    actor_name = models.CharField(max_length=120, blank=True)
    action = models.CharField(_("action"), max_length=60, db_index=True)
    object_type = models.CharField(_("object"), max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    object_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    address = models.GenericIPAddressField(_("address"), null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-at"]),
            models.Index(fields=["organisation", "actor", "-at"]),
            models.Index(fields=["organisation", "object_type", "object_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise EntryIsFinalError
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise EntryIsFinalError
