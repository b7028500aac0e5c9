"""The uploaded files of an import, as they came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.imports.models.imports import Import


def folder() -> Path:
    """Return where uploaded files lie."""
    return Path(settings.MEDIA_ROOT) / "imports"


class ImportFile(models.Model):
    """One uploaded file: kept under a random name, shown under its own.

    `reading` holds what the person said about how to read it (encoding, delimiter,
    sheet, header); `found` what was found out: details, columns with samples and
    guesses, first rows, number of rows.
    """

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(_("file"), max_length=200)
    stored = models.CharField(max_length=60, unique=True)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    reading = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    # Which columns make a row the same row; see `services.identity`.
    identity = models.JSONField(default=dict)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Return where the file lies."""
        return folder() / self.stored

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Return what was found out about each column."""
        found: list[dict[str, Any]] = self.found.get("columns", [])
        return found
