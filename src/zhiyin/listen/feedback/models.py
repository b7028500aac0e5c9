"""What customers say without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import (
    Department,
    OrganisationOwned,
    Permission,
    VisibleQuerySet,
)
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer

if TYPE_CHECKING:
    from zhiyin.accounts.models import Person


class FeedbackChannel(models.TextChoices):
    """Where something was said unasked."""

    COMPLAINT = "complaint", _("complaint")
    HOTLINE = "hotline", _("hotline note")
    STORE = "store", _("store note")
    CHAT = "chat", _("chat")
    EMAIL = "email", _("e-mail")
    FORUM = "forum", _("forum")
    SOCIAL = "social", _("social media")
    REVIEW = "review", _("app store review")
    REGULATOR = "regulator", _("regulator")
    EMPLOYEE = "employee", _("told by an employee")
    OTHER = "other", _("elsewhere")


class FeedbackQuerySet(VisibleQuerySet["Feedback"]):
    def visible_to(self, person: Person) -> Self:
        """Return feedback of the person's organisation, within their departments."""
        rows = super().visible_to(person)
        if not person.may(Permission.SEE_RESPONSES):
            return rows.none()
        paths = person.reach(Permission.SEE_RESPONSES)
        if paths is None:
            return rows
        within = models.Q(pk__in=[])
        for path in paths:
            within |= models.Q(department__path__startswith=path)
        return rows.filter(within)


class Feedback(OrganisationOwned):
    """One thing somebody said unasked; it has no score and enters no number.

    `key` is the source's own, or made of the content: told again it adds nothing.
    """

    customer = models.ForeignKey(
        Customer,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("customer"),
    )
    department = models.ForeignKey(
        Department,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("department"),
    )
    channel = models.CharField(
        _("channel"), max_length=10, choices=FeedbackChannel.choices
    )
    at = models.DateTimeField(_("time"))
    text = models.TextField(_("words"))
    key = models.CharField(max_length=120)
    source = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField(default=clock.now, editable=False)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("unasked feedback")
        verbose_name_plural = _("unasked feedback")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                name="feedback_told_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-at", "-id"], name="feedback_list"),
            models.Index(fields=["organisation", "source"], name="feedback_source"),
        ]

    def __str__(self) -> str:
        return self.text[:60]
