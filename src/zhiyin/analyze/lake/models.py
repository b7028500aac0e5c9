"""What the database knows of each organisation's lake."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, VisibleQuerySet


class LakeState(OrganisationOwned):
    """Which version of the lake this database has published.

    `intended` is written before a manifest is swapped and `version` after it, so the
    manifest that lies in the folder is one of the two unless the database or the
    folder came from a backup, in which case the lake is built anew.
    """

    version = models.CharField(max_length=40, blank=True)
    intended = models.CharField(max_length=40, blank=True)
    rebuild_requested_at = models.DateTimeField(_("rebuild asked for"), null=True)
    failed_at = models.DateTimeField(_("failed"), null=True)
    failure = models.CharField(_("failure"), max_length=500, blank=True)

    objects = VisibleQuerySet["LakeState"].as_manager()

    class Meta:
        verbose_name = _("state of the lake")
        verbose_name_plural = _("states of the lake")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                name="lake_state_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.version or '-'}"
