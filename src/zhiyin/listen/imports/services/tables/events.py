"""An import of events at work."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.services import NewEvent, record_events
from zhiyin.listen.customers.services.events import Recorded
from zhiyin.listen.feedback.services import ReceivedFeedback
from zhiyin.listen.imports.models import ImportFile, ImportStatus, TableRole
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.imports.services.cells import Fault, as_number, canonical
from zhiyin.listen.imports.services.reading import open_file
from zhiyin.listen.imports.services.rejects import Reject, append_rejects, kept
from zhiyin.listen.imports.services.running import BATCH_ROWS, Run
from zhiyin.listen.imports.services.tables.columns import ColumnBatch, column_batches
from zhiyin.listen.imports.services.times import TimeReader

_R = TableRole
_LONGEST_NAME = 60
# (place, column, value, reason)
_Lost = tuple[int, str, str, str]


class EventsRun(Run):
    """One import of events; told again, an event is already there."""

    time_role = _R.TIME
    _rest: Iterator[tuple[ImportFile, ColumnBatch]] | None = None

    def step(self) -> bool:
        """Take one batch in, or finish."""
        if self._rest is None:
            self._begin()
        found = next(self._rest, None) if self._rest else None
        if found is None:
            self._end()
            return False
        try:
            self._take(*found)
        except IntegrityError:
            # Somebody told the same event meanwhile: look again, once.
            self.batch.refresh_from_db()
            self._take(*found)
        return True

    @transaction.atomic
    def _begin(self) -> None:
        mapping = self._mapping
        self._one = {role: mapping.one(role) for role in _R}
        self._attributes = mapping.with_role(_R.EVENT_ATTRIBUTE)
        rule = self._one[self.time_role]
        if rule is None:
            message = "this import was started without a column of times"
            raise ValueError(message)
        self._times = TimeReader(rule, mapping.date_order, mapping.time_zone)
        self._save(started_at=self.batch.started_at or clock.now(), fault={})
        self._rest = self._left()

    def _left(self) -> Iterator[tuple[ImportFile, ColumnBatch]]:
        first, done = self.batch.file_position, self.batch.row_position
        for file in self.batch.files.filter(position__gte=first):
            behind = done if file.position == first else 0
            for given in column_batches(file, open_file(file), BATCH_ROWS, behind):
                yield file, given

    @transaction.atomic
    def _take(self, file: ImportFile, given: ColumnBatch) -> None:
        batch = self.batch
        events, places, lost = self._read(given)
        told = self._told(events)
        lost += [(places[each.place], "", "", each.reason) for each in told.rejected]
        rejects = [
            Reject(
                file.name, row.line, row.column or "", "", row.reason, kept(row.cells)
            )
            for row in given.rejected
        ]
        rejects += [
            Reject(
                file.name,
                given.lines[place],
                column,
                value[:200],
                reason,
                kept(given.row(place)),
            )
            for place, column, value, reason in lost
        ]
        rejected = Counter(batch.tally.get("rejected", {}))
        rejected.update(reject.reason for reject in rejects)
        self._save(
            rows_read=batch.rows_read + len(given.lines) + len(given.rejected),
            rows_accepted=batch.rows_accepted + told.new,
            rows_duplicate=batch.rows_duplicate + told.known,
            rows_rejected=batch.rows_rejected + len(rejects),
            rejects_bytes=append_rejects(batch, rejects),
            file_position=file.position,
            row_position=given.last,
            heartbeat_at=clock.now(),
            tally={"rejected": dict(rejected)},
        )

    def _told(self, events: list[Any]) -> Recorded | ReceivedFeedback:
        return record_events(
            organisation=self.batch.organisation, events=events, is_quiet=True
        )

    def _read(self, given: ColumnBatch) -> tuple[list[Any], list[int], list[_Lost]]:
        cells = {role: given.texts(rule) for role, rule in self._one.items()}
        attributes = [
            (plain(rule.name)[:_LONGEST_NAME], rule.is_number, given.texts(rule))
            for rule in self._attributes
        ]
        events, places, lost = [], [], []
        for place in range(len(given.lines)):
            at = self._times.cells[cells[self.time_role][place]]
            if isinstance(at, Fault):
                lost.append((place, at.column, at.value, at.reason))
                continue
            given_attributes = {
                name: value
                for name, is_number, texts in attributes
                if (value := _value(texts[place], is_number=is_number)) != ""
            }
            said = {role: texts[place] for role, texts in cells.items()}
            events.append(self._event(said, at, given_attributes))
            places.append(place)
        return events, places, lost

    def _event(
        self, said: dict[TableRole, str], at: dt.datetime, attributes: dict[str, Any]
    ) -> Any:
        kind = said[_R.EVENT_KIND] or self._mapping.event_kind
        parts = [said[_R.CUSTOMER], kind, at.isoformat(), said[_R.DEPARTMENT]]
        parts += [said[_R.EMPLOYEE], *map(str, attributes.items())]
        digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
        return NewEvent(
            customer=said[_R.CUSTOMER],
            kind=kind,
            # Without the source's own name, the same content is the same event.
            key=said[_R.EVENT_KEY] or f"row:{digest}",
            occurred_at=at,
            department=said[_R.DEPARTMENT],
            employee=said[_R.EMPLOYEE],
            attributes=attributes,
            source=self.batch.source,
        )

    @transaction.atomic
    def _end(self) -> None:
        batch = self.batch
        self._save(
            status=ImportStatus.DONE,
            finished_at=clock.now(),
            claimed_by="",
            rows_expected=batch.rows_read,
        )
        record(
            action="import.finished",
            target=batch,
            actor=batch.person,
            read=batch.rows_read,
            accepted=batch.rows_accepted,
            rejected=batch.rows_rejected,
            duplicate=batch.rows_duplicate,
        )


def _value(text: str, *, is_number: bool) -> str | float:
    if not is_number:
        return text[:500]
    number = as_number(canonical(text))
    return text[:500] if number is None else number
