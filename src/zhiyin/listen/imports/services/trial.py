"""A rehearsal: what an import would do, without doing it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from zhiyin.listen.imports.models import Import, ImportFile, ImportMapping
from zhiyin.listen.imports.models.mappings import FIELD_ROLES
from zhiyin.listen.imports.services.identity import RowIdentity, choose_identity
from zhiyin.listen.imports.services.reading import batches, open_file
from zhiyin.listen.imports.services.rows import ReadRow, RowReader
from zhiyin.listen.imports.services.running import BATCH_ROWS
from zhiyin.listen.imports.services.targets import departments_of
from zhiyin.listen.imports.services.writing import Outcome, known_keys, sort_rows

MOST_ROWS = 10_000
SAMPLE_ROWS = 5
_REJECTS_SHOWN = 5


@dataclass
class Trial:
    """Counts of the rows tried, and some of them as they will look."""

    read: int = 0
    rejected: int = 0
    outcome: Outcome = field(default_factory=Outcome)
    rejected_reasons: Counter[str] = field(default_factory=Counter)
    sample: list[ReadRow] = field(default_factory=list)
    faults: list[ReadRow] = field(default_factory=list)
    is_whole: bool = True


def try_import(*, batch: Import, mapping: ImportMapping) -> Trial:
    """Read the first rows of an import as it would read them.

    `is_whole` is False where the files have more rows than are tried. Raises
    ImportRefusedError where a file cannot be read.
    """
    trial = Trial()
    for file in batch.files.all():
        _try_file(trial, file, mapping)
        if trial.read >= MOST_ROWS:
            break
    trial.is_whole = trial.read >= batch.rows_expected
    return trial


def _try_file(trial: Trial, file: ImportFile, mapping: ImportMapping) -> None:
    organisation = file.batch.organisation
    reader = RowReader(
        mapping,
        RowIdentity(file, choose_identity(file, mapping)),
        # Fields go by their own names here: nothing is registered for a rehearsal.
        field_codes=[rule.name for rule in mapping.with_role(*FIELD_ROLES)],
        departments=frozenset(departments_of(organisation)),
    )
    questions = [rule.name for rule in mapping.scores]
    seen: set[str] = set()
    for given in batches(file, open_file(file), BATCH_ROWS):
        rows = list(reader.read(given.lines, given.columns))
        sound = [row for row in rows if row.fault is None]
        seen |= known_keys(organisation, [row.source_key for row in sound])
        stored, outcome = sort_rows(sound, seen, questions)
        _add(trial, rows, stored, outcome)
        trial.read += len(rows) + len(given.rejected)
        trial.rejected += len(given.rejected)
        trial.rejected_reasons.update(row.reason for row in given.rejected)
        if trial.read >= MOST_ROWS:
            return


def _add(
    trial: Trial, rows: list[ReadRow], stored: list[ReadRow], outcome: Outcome
) -> None:
    faulty = [row for row in rows if row.fault is not None]
    trial.rejected += len(faulty)
    trial.rejected_reasons.update(row.fault.reason for row in faulty if row.fault)
    trial.faults = (trial.faults + faulty)[:_REJECTS_SHOWN]
    scored = [row for row in stored if not row.is_excluded]
    trial.sample = (trial.sample + scored)[:SAMPLE_ROWS]
    whole = trial.outcome
    whole.accepted += outcome.accepted
    whole.excluded += outcome.excluded
    whole.kept += outcome.kept
    whole.duplicate += outcome.duplicate
    whole.reasons += outcome.reasons
