"""An import: from the upload to the result, and back if it is undone."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import OrganisationOwned, Person, VisibleQuerySet
from zhiyin.listen.imports.models.mappings import ImportMapping
from zhiyin.listen.imports.models.profiles import MappingProfile
from zhiyin.listen.surveys.models import InstrumentVersion

HEARTBEAT_LOST_SECONDS = 60


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", _("uploaded")
    PROFILING = "profiling", _("being looked at")
    MAPPING = "mapping", _("waiting for its columns")
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


class ImportKind(models.TextChoices):
    """What the rows of a file are."""

    RESPONSES = "responses", _("answers")
    CUSTOMERS = "customers", _("customers and what is known of them")
    EVENTS = "events", _("events")
    FEEDBACK = "feedback", _("unasked feedback")


_S = ImportStatus
# A worker has something to do in these, and nothing to do in those.
ACTIVE = (_S.UPLOADED, _S.PROFILING, _S.QUEUED, _S.RUNNING, _S.UNDOING)
AT_REST = (_S.DONE, _S.FAILED, _S.CANCELLED, _S.UNDONE)


class ImportQuerySet(VisibleQuerySet["Import"]):
    def claimable(self, *statuses: str, at: dt.datetime) -> models.QuerySet[Import]:
        """Return what waits in these statuses and whose worker, if any, went silent."""
        silent = at - dt.timedelta(seconds=HEARTBEAT_LOST_SECONDS)
        free = models.Q(claimed_by="") | models.Q(heartbeat_at__lt=silent)
        return self.filter(free, status__in=statuses).order_by("queued_at", "pk")

    def matching(self, text: str) -> ImportQuerySet:
        """Return imports whose file or person is called so."""
        return self.filter(
            models.Q(files__name__icontains=text)
            | models.Q(person__name__icontains=text)
            | models.Q(profile__name__icontains=text),
        ).distinct()


class Import(OrganisationOwned):
    """Some files, what their columns mean, and what became of their rows.

    Rows read = accepted + rejected + excluded + duplicate, after every batch.
    `file_position`, `row_position` and `rejects_bytes` are written in the same
    transaction as the rows, so a killed worker's successor goes on exactly there.
    """

    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("person"),
    )
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=ImportKind.choices,
        default=ImportKind.RESPONSES,
        db_default=ImportKind.RESPONSES,
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ImportStatus.choices,
        default=ImportStatus.UPLOADED,
        db_index=True,
    )
    profile = models.ForeignKey(
        MappingProfile,
        null=True,
        on_delete=models.SET_NULL,
        related_name="imports",
        verbose_name=_("mapping profile"),
    )
    mapping = models.JSONField(default=dict)
    instrument_version = models.ForeignKey(
        InstrumentVersion,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    rows_expected = models.PositiveBigIntegerField(default=0)
    rows_read = models.PositiveBigIntegerField(_("rows read"), default=0)
    rows_accepted = models.PositiveBigIntegerField(_("accepted"), default=0)
    rows_rejected = models.PositiveBigIntegerField(_("rejected"), default=0)
    rows_excluded = models.PositiveBigIntegerField(_("excluded by rule"), default=0)
    rows_duplicate = models.PositiveBigIntegerField(_("already there"), default=0)
    # Excluded from the main score, but kept because the row answers something else.
    rows_kept = models.PositiveBigIntegerField(default=0)
    tally = models.JSONField(default=dict)
    file_position = models.PositiveIntegerField(default=0)
    row_position = models.PositiveBigIntegerField(default=0)
    rejects_bytes = models.PositiveBigIntegerField(default=0)
    claimed_by = models.CharField(max_length=40, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    fault = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("uploaded"))
    queued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    files_deleted_at = models.DateTimeField(null=True)
    # The path within the drop folder, what its control file said, and when it was
    # filed under done or failed; empty where a person brought the files.
    dropped_as = models.CharField(max_length=300, blank=True, db_default="")
    control = models.JSONField(default=dict)
    filed_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            # Two workers that see the same dropped file make one import of it.
            models.UniqueConstraint(
                fields=["organisation", "dropped_as"],
                condition=~models.Q(dropped_as="") & models.Q(filed_at__isnull=True),
                name="import_of_dropped_file_once",
            ),
        ]

    def __str__(self) -> str:
        names = [file.name for file in self.files.all()]
        return ", ".join(names) or str(self.pk)

    @property
    def source(self) -> str:
        """Return the mark on every response this import added."""
        return f"import:{self.pk}"

    @property
    def percent(self) -> int:
        """Return how far a running import is, 0 to 100."""
        if not self.rows_expected:
            return 0
        return min(100, int(100 * self.rows_read / self.rows_expected))

    @property
    def is_active(self) -> bool:
        """Tell whether a worker has something to do."""
        return self.status in ACTIVE

    @property
    def can_be_undone(self) -> bool:
        """Tell whether there is something to take back."""
        stored = self.rows_accepted + self.rows_kept
        if self.kind == ImportKind.CUSTOMERS:
            # What is known of customers who were there before was stored as well.
            stored += self.rows_duplicate
        stopped = self.status in {_S.DONE, _S.FAILED, _S.CANCELLED}
        return stopped and stored > 0

    @property
    def can_go_on(self) -> bool:
        """Tell whether a stopped import can be taken up where it stopped."""
        stopped = self.status in {_S.FAILED, _S.CANCELLED}
        return stopped and bool(self.mapping) and self.files_deleted_at is None

    @property
    def files_deleted_on(self) -> dt.date:
        """Return the day after which the uploaded files are gone."""
        kept = dt.timedelta(days=settings.IMPORT_FILES_KEPT_DAYS)
        return (self.created_at + kept).date()

    def read_mapping(self) -> ImportMapping:
        """Return what the columns mean."""
        return ImportMapping.from_json(self.mapping)
