"""An import of customers at work: who they are into rows, what is known into files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import IntegrityError, transaction

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.contacts.services import leave_minors_alone
from zhiyin.listen.customers.models import FieldKind
from zhiyin.listen.customers.queries import who_may_be_contacted
from zhiyin.listen.customers.queries.known_files import ID_COLUMN
from zhiyin.listen.customers.queries.sensitivity import consent_of_fields
from zhiyin.listen.customers.services import (
    NewCustomer,
    ensure_fields,
    normalise_address,
    normalise_key,
    record_customers,
)
from zhiyin.listen.customers.services.events import department_finder
from zhiyin.listen.customers.services.known import KnownWriter
from zhiyin.listen.imports.models import ColumnRule, ImportFile, ImportStatus, TableRole
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.imports.models.tables import FIELD_ROLES
from zhiyin.listen.imports.services.reading import open_file
from zhiyin.listen.imports.services.rejects import Reject, append_rejects, kept
from zhiyin.listen.imports.services.running import Run
from zhiyin.listen.imports.services.tables.cells import (
    AUDIENCE_WORDS,
    LANGUAGE_WORDS,
    said_word,
    said_yes,
)
from zhiyin.listen.imports.services.tables.columns import (
    ColumnBatch,
    column_batches,
    field_numbers,
    field_texts,
)

_CELLS_AT_ONCE = 3_000_000
_FEWEST_ROWS, _MOST_ROWS = 2_000, 20_000
# Files have fewer lines than this, so that a place tells its file.
_LINES_A_FILE = 10**11
# A column of the wrong kind would fill the file of rejected rows with itself.
_NOTES_A_COLUMN = 1_000
_R = TableRole


@dataclass
class _Rows:
    """What was read of one batch, and what was wrong with it."""

    told: list[NewCustomer] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    # (place, column, value, reason); of rejected rows, and of cells left out.
    rejected: list[tuple[int, str, str, str]] = field(default_factory=list)
    left_out: list[tuple[int, str, str, str]] = field(default_factory=list)


class CustomersRun(Run):
    """One import of customers; the same protocol as an import of answers."""

    _known: KnownWriter | None = None
    _sorting: Iterator[int] | None = None
    _is_prepared = False

    def step(self) -> bool:
        """Take one batch in, or sort a piece of what is known, or finish."""
        if not self._is_prepared:
            self._begin()
        if self._sorting is None:
            found = next(self._given_columns, None)
            if found is not None:
                self._take_or_retry(*found)
                return True
            self._sorting = self._known.finish() if self._known else iter(())
        if next(self._sorting, None) is not None:
            self._save(heartbeat_at=clock.now())
            return True
        self._end()
        return False

    @transaction.atomic
    def _begin(self) -> None:
        batch = self.batch
        self._rules = self._mapping.with_role(*FIELD_ROLES)
        fields = ensure_fields(
            organisation=batch.organisation,
            fields=[
                (rule.name, _kind(rule), rule.role == _R.OPERATIONAL)
                for rule in self._rules
            ],
        )
        self._codes = [field.code for field in fields]
        self._ages = [field.code for field in fields if field.topic == "age"]
        self._consents = consent_of_fields(batch.organisation_id)
        self._departments = department_finder(batch.organisation)
        self._save(started_at=batch.started_at or clock.now(), fault={})
        if self._rules:
            self._known = KnownWriter(
                organisation_id=batch.organisation_id,
                part=batch.source,
                as_of=self._mapping.date,
                columns={
                    code: _kind(rule)
                    for code, rule in zip(self._codes, self._rules, strict=True)
                },
            )
            self._known.keep_until(
                batch.file_position * _LINES_A_FILE + batch.row_position,
            )
        self._given_columns = self._columns_left()
        self._is_prepared = True

    def _columns_left(self) -> Iterator[tuple[ImportFile, ColumnBatch]]:
        first, done = self.batch.file_position, self.batch.row_position
        for file in self.batch.files.filter(position__gte=first):
            width = max(1, len(file.columns))
            size = min(_MOST_ROWS, max(_FEWEST_ROWS, _CELLS_AT_ONCE // width))
            behind = done if file.position == first else 0
            for given in column_batches(file, open_file(file), size, behind):
                yield file, given

    def _take_or_retry(self, file: ImportFile, given: ColumnBatch) -> None:
        try:
            self._take(file, given)
        except IntegrityError:
            # Somebody made the same customer meanwhile: look again, once.
            self.batch.refresh_from_db()
            self._take(file, given)

    @transaction.atomic
    def _take(self, file: ImportFile, given: ColumnBatch) -> None:
        batch = self.batch
        rows = self._read(given)
        done = record_customers(
            organisation=batch.organisation,
            customers=rows.told,
            source=batch.source,
        )
        for lost in done.rejected:
            rows.rejected.append((rows.places[lost.place], "", "", lost.field))
        ids: list[int | None] = [None] * len(given.lines)
        for place, pk in zip(rows.places, done.ids, strict=True):
            ids[place] = pk
        if self._known is not None and given.lines:
            table = self._table(given, ids, rows)
            place = file.position * _LINES_A_FILE + given.last
            self._known.add(place=place, table=table)
            self._spare_minors(table)
        self._keep_progress(file, given, rows, done.new)

    def _read(self, given: ColumnBatch) -> _Rows:
        rows = _Rows()
        mapping = self._mapping
        one = {role: mapping.one(role) for role in _R}
        keys = given.texts(one[_R.CUSTOMER])
        columns = {
            role: given.texts(one[role])
            for role in (
                _R.AUDIENCE, _R.LANGUAGE, _R.DEPARTMENT, _R.IS_TEST, _R.IS_STAFF,
            )
        }  # fmt: skip
        contacts = [
            (rule, given.texts(rule)) for rule in mapping.with_role(_R.PHONE, _R.EMAIL)
        ]
        for place, key in enumerate(keys):
            try:
                normalise_key(key)
            except ValueError:
                column = one[_R.CUSTOMER]
                name = column.name if column else ""
                rows.rejected.append((place, name, key, "no_key"))
                continue
            notes = _Notes(place, rows, one)
            cells = {role: texts[place] for role, texts in columns.items()}
            rows.places.append(place)
            rows.told.append(self._customer(key, cells, contacts, notes))
        return rows

    def _customer(
        self,
        key: str,
        cells: dict[TableRole, str],
        contacts: list[tuple[ColumnRule, list[str]]],
        notes: _Notes,
    ) -> NewCustomer:
        department = cells[_R.DEPARTMENT]
        if department and department not in self._departments:
            department = notes.leave_out(_R.DEPARTMENT, department, "no_department")
        addresses = []
        for rule, texts in contacts:
            text = texts[notes.place]
            if text and notes.is_address(rule, text):
                addresses.append((rule.role, text))
        return NewCustomer(
            key=key,
            audience=notes.word(AUDIENCE_WORDS, _R.AUDIENCE, cells),
            language=notes.word(LANGUAGE_WORDS, _R.LANGUAGE, cells),
            department=department,
            is_test=notes.yes(_R.IS_TEST, cells),
            is_staff=notes.yes(_R.IS_STAFF, cells),
            addresses=addresses,
        )

    def _table(
        self, given: ColumnBatch, ids: list[int | None], rows: _Rows
    ) -> pa.Table:
        """Return what is known of the customers of a batch, by column."""
        columns: dict[str, Any] = {ID_COLUMN: pa.array(ids, pa.int64())}
        for code, rule in zip(self._codes, self._rules, strict=True):
            column = given.columns.get(plain(rule.name))
            if column is None:
                columns[code] = pa.nulls(len(ids))
            elif rule.is_number:
                columns[code], wrong = field_numbers(column)
                rows.left_out += [
                    (place, rule.name, str(column[place].as_py()), "not_a_score")
                    for place in wrong
                ]
            else:
                columns[code] = field_texts(column)
        for code, rule, agreed in self._consented(ids):
            cells = columns[code]
            lost = np.asarray(~agreed & np.asarray(cells.is_valid()))
            rows.left_out += [
                (int(place), rule.name, "", "no_separate_consent")
                for place in np.flatnonzero(lost)
            ]
            columns[code] = pc.if_else(
                pa.array(agreed), cells, pa.scalar(None, cells.type)
            )
        table = pa.table(columns)
        return table.filter(table[ID_COLUMN].is_valid())

    def _spare_minors(self, table: pa.Table) -> None:
        """Leave those alone whom a column of ages tells to be too young."""
        ids = table[ID_COLUMN].to_pylist()
        for code in self._ages:
            ages = zip(ids, table[code].to_pylist(), strict=True)
            leave_minors_alone(organisation_id=self.batch.organisation_id, ages=ages)

    def _consented(
        self, ids: list[int | None]
    ) -> Iterator[tuple[str, ColumnRule, np.ndarray]]:
        """Yield the fields that need a separate consent, and which rows have it."""
        people = [pk for pk in ids if pk is not None]
        for code, rule in zip(self._codes, self._rules, strict=True):
            purpose = self._consents.get(code)
            if purpose:
                agreed = who_may_be_contacted(people, purpose)
                yield code, rule, np.array([pk in agreed for pk in ids], dtype=bool)

    def _keep_progress(
        self, file: ImportFile, given: ColumnBatch, rows: _Rows, new: int
    ) -> None:
        batch = self.batch
        rejects = [
            Reject(
                file.name, row.line, row.column or "", "", row.reason, kept(row.cells)
            )
            for row in given.rejected
        ]
        rejects += [_reject(file, given, each) for each in rows.rejected]
        lost = len(rejects)
        tally, noted = _tallied(batch.tally, rejects, rows)
        rejects += [_reject(file, given, each) for each in noted]
        read = len(given.lines) + len(given.rejected)
        taken = len(given.lines) - len(rows.rejected)
        self._save(
            rows_read=batch.rows_read + read,
            rows_accepted=batch.rows_accepted + new,
            rows_duplicate=batch.rows_duplicate + taken - new,
            rows_rejected=batch.rows_rejected + lost,
            rejects_bytes=append_rejects(batch, rejects),
            file_position=file.position,
            row_position=given.last,
            heartbeat_at=clock.now(),
            tally=tally,
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


class _Notes:
    """Notes what was left out of one row."""

    def __init__(
        self, place: int, rows: _Rows, one: dict[TableRole, ColumnRule | None]
    ) -> None:
        self.place = place
        self._rows = rows
        self._one = one

    def leave_out(self, role: TableRole, value: str, reason: str) -> str:
        """Note a cell that means nothing; returns "", which changes nothing."""
        rule = self._one[role]
        name = rule.name if rule else ""
        self._rows.left_out.append((self.place, name, value, reason))
        return ""

    def word(
        self, words: dict[str, str], role: TableRole, cells: dict[TableRole, str]
    ) -> str:
        """Return what a cell says in one of the known words."""
        said = said_word(words, cells[role])
        if said is None:
            return self.leave_out(role, cells[role], f"no_{role}")
        return said

    def yes(self, role: TableRole, cells: dict[TableRole, str]) -> bool | None:
        """Return yes or no, None where the cell is blank or says neither."""
        said = said_yes(cells[role])
        if said is None:
            self.leave_out(role, cells[role], "not_yes_or_no")
        return said if isinstance(said, bool) else None

    def is_address(self, rule: ColumnRule, text: str) -> bool:
        """Tell whether a cell can be an address of its kind."""
        try:
            normalise_address(rule.role, text)
        except ValueError:
            note = (self.place, rule.name, text, f"not_{rule.role}")
            self._rows.left_out.append(note)
            return False
        return True


def _kind(rule: ColumnRule) -> str:
    return FieldKind.NUMBER if rule.is_number else FieldKind.CATEGORY


def _reject(
    file: ImportFile, given: ColumnBatch, fault: tuple[int, str, str, str]
) -> Reject:
    place, column, value, reason = fault
    cells = kept(given.row(place))
    return Reject(file.name, given.lines[place], column, value[:200], reason, cells)


def _tallied(
    before: dict[str, Any], rejects: list[Reject], rows: _Rows
) -> tuple[dict[str, Any], list[tuple[int, str, str, str]]]:
    """Return the counts by reason, and the notes that are still worth a line."""
    missing = {name: Counter(told) for name, told in before.get("missing", {}).items()}
    noted = []
    for note in rows.left_out:
        _place, column, _value, reason = note
        told = missing.setdefault(column, Counter())
        if sum(told.values()) < _NOTES_A_COLUMN:
            noted.append(note)
        told[reason] += 1
    rejected = Counter(before.get("rejected", {}))
    rejected.update(reject.reason for reject in rejects)
    return {
        "rejected": dict(rejected),
        "missing": {name: dict(told) for name, told in missing.items()},
    }, noted
