"""Whom a programme wished to ask, and the personal links that came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiyin.accounts.models import (
    Department,
    OrganisationOwned,
    Permission,
    VisibleQuerySet,
)
from zhiyin.common import clock
from zhiyin.listen.contacts.models import ContactDecision
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.programs.models.catalogue import Wave
from zhiyin.listen.programs.models.links import SurveyLink
from zhiyin.listen.programs.models.programmes import Programme

if TYPE_CHECKING:
    from zhiyin.accounts.models import Person


class Invitation(OrganisationOwned):
    """A personal link: one customer, one answer, which she may still edit."""

    link = models.ForeignKey(
        SurveyLink,
        on_delete=models.CASCADE,
        related_name="invitations",
    )
    token_hash = models.CharField(max_length=64, unique=True)
    programme = models.ForeignKey(
        Programme,
        null=True,
        on_delete=models.SET_NULL,
        related_name="invitations",
    )
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL)
    language = models.CharField(max_length=10, blank=True)
    # Recorded when the survey goes out: who was responsible then, not later.
    department = models.ForeignKey(Department, null=True, on_delete=models.SET_NULL)
    employee = models.CharField(_("employee"), max_length=80, blank=True)
    attributes = models.JSONField(default=dict)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    # The key of the message that carried it, and how far it came.
    message_key = models.CharField(max_length=120, blank=True, db_index=True)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    failed_at = models.DateTimeField(_("failed"), null=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = VisibleQuerySet["Invitation"].as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]
        indexes = [
            # Whom a reminder may still reach.
            models.Index(
                fields=["programme", "sent_at"],
                condition=models.Q(
                    answered_at=None, withdrawn_at=None, reminded_at=None
                ),
                name="invitation_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link} {self.pk}"

    def has_expired(self) -> bool:
        """Tell whether the time to answer is over."""
        return self.expires_at is not None and clock.now() >= self.expires_at


class FrameState(models.TextChoices):
    """Where a member of the frame stands; all but the first two are final."""

    WAITING = "waiting", _("waiting")
    DEFERRED = "deferred", _("put off")
    SENT = "sent", pgettext_lazy("frame", "sent")
    BLOCKED = "blocked", _("not asked")
    NOT_SAMPLED = "not_sampled", _("not in the sample")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", pgettext_lazy("frame", "too late")
    UNREACHABLE = "unreachable", _("no way to reach")


class FrameMemberQuerySet(VisibleQuerySet["FrameMember"]):
    def named_to(self, person: Person) -> Self:
        """Return members whose customers this person may know of, now.

        Who answers for a department does not see whom a wave asks there before its
        names are open: nobody should talk to customers about the score.
        """
        rows = self.visible_to(person)
        paths = person.reach(Permission.EDIT_PROGRAMS)
        if paths is None:
            return rows
        within = models.Q(pk__in=[])
        for path in paths:
            within |= models.Q(department__path__startswith=path)
        return rows.filter(within).exclude(wave__locked_until__gt=clock.now())


class FrameMember(OrganisationOwned):
    """One customer whom a programme wished to ask on one occasion, and what came of it.

    The frame reconciles: every member is sent, or not, for one named reason. `key`
    names the occasion (the event, or the wave with the customer), so that an occasion
    met twice is one. `reason` is the rule of the contact policy, or a word of ours.
    """

    programme = models.ForeignKey(
        Programme,
        on_delete=models.CASCADE,
        related_name="frame",
        verbose_name=_("programme"),
    )
    wave = models.ForeignKey(
        Wave,
        null=True,
        on_delete=models.CASCADE,
        related_name="frame",
        verbose_name=_("wave"),
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("customer"),
    )
    event = models.ForeignKey(
        CustomerEvent,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("event"),
    )
    key = models.CharField(max_length=140)
    stratum = models.CharField(_("stratum"), max_length=80, blank=True)
    # Recorded for the answer: who was responsible when it happened.
    department = models.ForeignKey(
        Department,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("department"),
    )
    employee = models.CharField(_("employee"), max_length=80, blank=True)
    attributes = models.JSONField(default=dict)
    state = models.CharField(
        _("state"),
        max_length=11,
        choices=FrameState.choices,
        default=FrameState.WAITING,
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("wished"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    decision = models.ForeignKey(
        ContactDecision,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("decision"),
    )
    invitation = models.OneToOneField(
        Invitation,
        null=True,
        on_delete=models.SET_NULL,
        related_name="frame_member",
    )

    objects = FrameMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of the frame")
        verbose_name_plural = _("frame")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "key"],
                name="frame_member_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state__in=["waiting", "deferred"]),
                name="frame_due",
            ),
            models.Index(fields=["programme", "state", "-created_at"]),
            models.Index(fields=["wave", "state"]),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.key}"
