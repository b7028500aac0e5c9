"""Up to where an organisation's webhooks have been told what happened."""

from __future__ import annotations

from django.db import models

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet


class AnnouncementMark(OrganisationOwned):
    """How far each kind of row was read.

    `horizon` is that of the lake: which changes of answers a reading has seen. The
    other marks stay a little behind, because a row may be committed after a later
    one; what is read twice is told once.
    """

    horizon = models.CharField(max_length=2000, blank=True)
    consent_id = models.BigIntegerField(default=0)
    invitation_id = models.BigIntegerField(default=0)
    messages_until = models.DateTimeField()
    alert_id = models.BigIntegerField(default=0)
    case_event_id = models.BigIntegerField(default=0)

    objects = VisibleQuerySet["AnnouncementMark"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                name="announcement_mark_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.horizon}"
