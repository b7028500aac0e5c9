"""How far rows of other apps were read."""

from __future__ import annotations

import datetime as dt

from django.db import models

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet

BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class ReadMark(OrganisationOwned):
    """Up to where one reader has read the rows of one organisation."""

    reader = models.CharField(max_length=40)
    at = models.DateTimeField(default=BEGINNING)
    last_id = models.BigIntegerField(default=0)

    objects = VisibleQuerySet["ReadMark"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "reader"],
                name="read_mark_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader} {self.at:%Y-%m-%d %H:%M:%S} {self.last_id}"
