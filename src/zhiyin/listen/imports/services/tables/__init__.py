"""Files that are no answers: customers with what is known of them, and events."""

from __future__ import annotations

from zhiyin.listen.imports.models import Import, ImportKind
from zhiyin.listen.imports.services.running import Run
from zhiyin.listen.imports.services.tables.checking import table_problems
from zhiyin.listen.imports.services.tables.customers import CustomersRun
from zhiyin.listen.imports.services.tables.events import EventsRun
from zhiyin.listen.imports.services.tables.feedback import FeedbackRun
from zhiyin.listen.imports.services.tables.guessing import guess_table_mapping
from zhiyin.listen.imports.services.tables.undoing import undo_table

_RUNS: dict[str, type[Run]] = {
    ImportKind.RESPONSES: Run,
    ImportKind.CUSTOMERS: CustomersRun,
    ImportKind.EVENTS: EventsRun,
    ImportKind.FEEDBACK: FeedbackRun,
}


def run_of(batch: Import) -> Run:
    """Return what does the work of an import of this kind."""
    return _RUNS[batch.kind](batch)


__all__ = ["guess_table_mapping", "run_of", "table_problems", "undo_table"]
