"""How far answers were screened, and which are waited for."""

from __future__ import annotations

from django.db import models

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet
from zhiyin.listen.responses.models import Response


class ScreeningMark(OrganisationOwned):
    """Up to which change of its answers an organisation has been screened.

    `horizon` is that of the lake: which changes a reading has seen.
    """

    horizon = models.CharField(max_length=2000, blank=True)
    begun_at = models.DateTimeField()
    # The newest answer that was screened, and when: how far behind screening is.
    screened_at = models.DateTimeField(null=True)

    objects = VisibleQuerySet["ScreeningMark"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                name="screening_mark_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.horizon}"


class WaitingAnswer(models.Model):
    """An answer that is being given: screened once complete, or when it rests."""

    response = models.OneToOneField(
        Response,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="waiting_for_screening",
    )
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.response_id)
