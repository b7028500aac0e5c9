"""The journal of a case, and what the clock and many hands did to it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet
from zhiyin.act.cases.models.cases import Case
from zhiyin.act.cases.models.states import State


class JournalIsFinalError(TypeError):
    """Somebody tried to change what the journal of a case holds."""

    def __init__(self) -> None:
        super().__init__(
            "the journal of a case is never changed; it goes only with the case, or "
            "loses its words when the customer is erased",
        )


class CaseEventQuerySet(models.QuerySet["CaseEvent"]):
    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse: the journal is append-only."""
        raise JournalIsFinalError

    def delete(self) -> NoReturn:
        """Refuse: the journal is append-only."""
        raise JournalIsFinalError


class CaseEvent(models.Model):
    """One line of the journal of a case: written once, never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("time"))
    # Empty for what the clock did.
    actor = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who"),
    )
    kind = models.CharField(_("kind"), max_length=30)
    from_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    text = models.TextField(_("text"), blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a journal")
        verbose_name_plural = _("lines of a journal")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["case", "at"]),
            models.Index(fields=["kind", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_state} {self.to_state}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise JournalIsFinalError
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise JournalIsFinalError


class Escalation(models.Model):
    """A clock that was escalated: once when it was nearly over, once when it was."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="escalations")
    # acknowledge, contact, resolve, update; and what the clock read, because a
    # clock that was set anew may run out anew.
    clock = models.CharField(_("clock"), max_length=12)
    step = models.CharField(_("step"), max_length=6)
    due_at = models.DateTimeField(_("due"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock", "step", "due_at"], name="escalated_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.step}"


class BulkAction(OrganisationOwned):
    """One action on many cases, with what was before, so that it can be undone."""

    person = models.ForeignKey(
        Person, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=20)
    # [{"case", "version" after it, and each field as it was}]
    before = models.JSONField(default=list)
    # How many of those chosen refused, such as closed ones.
    refused = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects = VisibleQuerySet["BulkAction"].as_manager()

    class Meta:
        verbose_name = _("action on many cases")
        verbose_name_plural = _("actions on many cases")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {len(self.before)}"


class CaseCounter(OrganisationOwned):
    """The last number an organisation gave to a case."""

    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="case_counter_once"),
        ]

    def __str__(self) -> str:
        return str(self.last)
