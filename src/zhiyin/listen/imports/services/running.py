"""The work itself: batch by batch, resumable at every one, with bounded memory."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models, transaction

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.imports.models import Import, ImportFile, ImportStatus
from zhiyin.listen.imports.services.faults import ImportRefusedError
from zhiyin.listen.imports.services.identity import RowIdentity
from zhiyin.listen.imports.services.people import without_erased
from zhiyin.listen.imports.services.reading import (
    FileBatch,
    after,
    batches,
    open_file,
)
from zhiyin.listen.imports.services.rejects import Reject, append_rejects, kept
from zhiyin.listen.imports.services.rows import ReadRow, RowReader
from zhiyin.listen.imports.services.targets import (
    cover_wave,
    departments_of,
    ensure_field_codes,
    ensure_version,
)
from zhiyin.listen.imports.services.writing import Outcome, Writer

# Small enough that an answer page never waits long for the write lock of SQLite.
BATCH_ROWS = 2_000

Tally = dict[str, Any]


class ClaimLostError(Exception):
    """Another worker has this import now, or somebody cancelled it."""


def claim(batch: Import, *, waiting: str, working: str) -> bool:
    """Take an import for this process; False where another was faster."""
    now = clock.now()
    free = Import.objects.claimable(waiting, working, at=now).order_by()
    taken = free.filter(pk=batch.pk).update(
        status=working,
        claimed_by=secrets.token_hex(8),
        heartbeat_at=now,
    )
    if taken:
        batch.refresh_from_db()
    return bool(taken)


class Run:
    """One import at work; `step` commits one batch and says whether there is more.

    The import must have been claimed. Everything needed to go on after a kill is in
    the database: a new `Run` of the same import begins where the last commit ended.
    """

    def __init__(self, batch: Import) -> None:
        self.batch = batch
        self._mapping = batch.read_mapping()
        self._field_codes: list[str] = []
        self._writer: Writer | None = None
        self._given = self._remaining()

    def step(self) -> bool:
        """Do one batch, or finish; True while there is more to do."""
        writer = self._writer = self._writer or self._prepare()
        found = next(self._given, None)
        if found is None:
            self._finish()
            return False
        try:
            self._commit(writer, *found)
        except IntegrityError:
            # Somebody stored the same rows or erased a customer meanwhile: look
            # again, once.
            self.batch.refresh_from_db()
            writer.forget()
            self._commit(writer, *found)
        return True

    @transaction.atomic
    def _prepare(self) -> Writer:
        """Make what the answers will refer to."""
        batch = self.batch
        version = ensure_version(batch=batch, mapping=self._mapping)
        self._field_codes = ensure_field_codes(
            organisation=batch.organisation,
            mapping=self._mapping,
        )
        started = batch.started_at or clock.now()
        self._save(instrument_version=version, started_at=started, fault={})
        return Writer(batch, self._mapping, version)

    def _remaining(self) -> Iterator[tuple[ImportFile, list[ReadRow], FileBatch]]:
        first, done = self.batch.file_position, self.batch.row_position
        for file in self.batch.files.filter(position__gte=first):
            reader = RowReader(
                self._mapping,
                RowIdentity(file, file.identity),
                field_codes=self._field_codes,
                departments=frozenset(departments_of(self.batch.organisation)),
            )
            for given in batches(file, open_file(file), BATCH_ROWS):
                left = after(given, done) if file.position == first else given
                if left is not None:
                    yield file, list(reader.read(left.lines, left.columns)), left

    @transaction.atomic
    def _commit(
        self,
        writer: Writer,
        file: ImportFile,
        rows: list[ReadRow],
        given: FileBatch,
    ) -> None:
        batch = self.batch
        rows = without_erased(batch.organisation, rows)
        outcome = writer.write([row for row in rows if row.fault is None])
        rejects = _rejects(file, rows, given)
        last = max([*given.lines[-1:], *(row.line for row in given.rejected)])
        self._save(
            rows_read=batch.rows_read + len(rows) + len(given.rejected),
            rows_accepted=batch.rows_accepted + outcome.accepted,
            rows_excluded=batch.rows_excluded + outcome.excluded,
            rows_kept=batch.rows_kept + outcome.kept,
            rows_duplicate=batch.rows_duplicate + outcome.duplicate,
            rows_rejected=batch.rows_rejected + len(rejects),
            rejects_bytes=append_rejects(batch, rejects),
            file_position=file.position,
            row_position=last,
            heartbeat_at=clock.now(),
            tally=_tallied(batch.tally, outcome, rejects),
        )

    def _save(self, **values: Any) -> None:
        """Write progress if the import is still ours, else give up what was done."""
        mine = Import.objects.filter(
            pk=self.batch.pk,
            claimed_by=self.batch.claimed_by,
            status=ImportStatus.RUNNING,
            cancel_requested=False,
        )
        if not mine.update(**values):
            raise ClaimLostError
        for name, value in values.items():
            setattr(self.batch, name, value)

    @transaction.atomic
    def _finish(self) -> None:
        batch = self.batch
        self._save(
            status=ImportStatus.DONE,
            finished_at=clock.now(),
            claimed_by="",
            rows_expected=batch.rows_read,
        )
        cover_wave(batch=batch, mapping=self._mapping)
        record(
            action="import.finished",
            target=batch,
            actor=batch.person,
            read=batch.rows_read,
            accepted=batch.rows_accepted,
            rejected=batch.rows_rejected,
            excluded=batch.rows_excluded,
            duplicate=batch.rows_duplicate,
        )


def _rejects(file: ImportFile, rows: list[ReadRow], given: FileBatch) -> list[Reject]:
    """Return the rows that are not taken, those the reader could not split first."""
    unread = [
        Reject(file.name, row.line, row.column or "", "", row.reason, kept(row.cells))
        for row in given.rejected
    ]
    columns = list(given.columns.values())
    return unread + [
        Reject(
            file.name,
            row.line,
            row.fault.column,
            row.fault.value[:200],
            row.fault.reason,
            kept(cells[place] for cells in columns),
        )
        for place, row in enumerate(rows)
        if row.fault is not None
    ]


def _tallied(before: Tally, outcome: Outcome, rejects: list[Reject]) -> Tally:
    """Return the counts by reason with one more batch in them."""
    missing = dict(before.get("missing", {}))
    for name, rules in outcome.missing.items():
        if rules:
            missing[name] = dict(Counter(missing.get(name, {})) + rules)
    rejected = Counter(reject.reason for reject in rejects)
    return {
        "rejected": dict(Counter(before.get("rejected", {})) + rejected),
        "excluded": dict(Counter(before.get("excluded", {})) + outcome.reasons),
        "missing": missing,
    }


@transaction.atomic
def stop(*, batch: Import, status: str, refusal: ImportRefusedError | None) -> None:
    """Write down that a claimed import stopped before its end, and why."""
    stopped: models.QuerySet[Import] = Import.objects.filter(
        pk=batch.pk,
        claimed_by=batch.claimed_by,
        status=ImportStatus.RUNNING,
    )
    changed = stopped.update(
        status=status,
        finished_at=clock.now(),
        claimed_by="",
        cancel_requested=False,
        fault=refusal.stored() if refusal else {},
    )
    if changed:
        action = "import.failed" if refusal else "import.cancelled"
        reason = refusal.code if refusal else ""
        record(action=action, target=batch, actor=batch.person, reason=reason)
