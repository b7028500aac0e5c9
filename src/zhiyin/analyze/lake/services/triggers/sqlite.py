"""Triggers of SQLite: a change carries the number of the epoch it fell into.

The epoch is one number that only the lake raises, in a write transaction of its own.
SQLite has a single writer, so whatever was committed before the epoch rose has a
smaller number, and whatever comes later has at least the new one: the numbers follow
the order of commits, and a million rows of one import cost no counter.
"""

from __future__ import annotations

EPOCH = "(SELECT value FROM lake_revision)"
_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"

PREPARATIONS = (
    (
        "CREATE TABLE IF NOT EXISTS lake_revision "
        "(id integer PRIMARY KEY CHECK (id = 1), value bigint NOT NULL)"
    ),
    (
        "INSERT OR IGNORE INTO lake_revision SELECT 1, 1 + max("
        "coalesce((SELECT max(revision) FROM responses_response), 0), "
        "coalesce((SELECT max(revision) FROM responses_erasedresponse), 0))"
    ),
)


def _stamp(name: str, event: str, table: str) -> str:
    return (
        f"CREATE TRIGGER {name} AFTER {event} ON {table} "
        f"WHEN NEW.revision IS NOT {EPOCH} "
        f"BEGIN UPDATE {table} SET revision = {EPOCH} WHERE id = NEW.id; END"
    )


def _touch(name: str, event: str, table: str, rows: str) -> str:
    return (
        f"CREATE TRIGGER {name} AFTER {event} ON {table} "
        f"BEGIN UPDATE responses_response SET revision = {EPOCH} "
        f"WHERE {rows} AND revision <> {EPOCH}; END"
    )


def _touch_when_changed(name: str, table: str, column: str, rows: str) -> str:
    return (
        f"CREATE TRIGGER {name} AFTER UPDATE OF {column} ON {table} "
        f"WHEN OLD.{column} IS NOT NEW.{column} "
        f"BEGIN UPDATE responses_response SET revision = {EPOCH} WHERE {rows}; END"
    )


TRIGGERS = {
    "lake_response_inserted": _stamp(
        "lake_response_inserted", "INSERT", "responses_response"
    ),
    "lake_response_updated": _stamp(
        "lake_response_updated", "UPDATE", "responses_response"
    ),
    "lake_response_keeps_organisation": (
        "CREATE TRIGGER lake_response_keeps_organisation "
        "BEFORE UPDATE OF organisation_id ON responses_response "
        "WHEN OLD.organisation_id <> NEW.organisation_id "
        "BEGIN SELECT RAISE(ABORT, 'a response never changes its organisation'); END"
    ),
    "lake_response_deleted": (
        "CREATE TRIGGER lake_response_deleted AFTER DELETE ON responses_response "
        "BEGIN INSERT INTO responses_erasedresponse "
        "(organisation_id, response_id, month, erased_at, revision) "
        "VALUES (OLD.organisation_id, OLD.id, substr(OLD.responded_at, 1, 7), "
        f"{_NOW}, {EPOCH}) ON CONFLICT (response_id) DO UPDATE SET "
        "month = excluded.month, erased_at = excluded.erased_at, "
        "revision = excluded.revision; END"
    ),
    "lake_erased_inserted": _stamp(
        "lake_erased_inserted", "INSERT", "responses_erasedresponse"
    ),
    "lake_answer_inserted": _touch(
        "lake_answer_inserted", "INSERT", "responses_answer", "id = NEW.response_id"
    ),
    "lake_answer_updated": _touch(
        "lake_answer_updated",
        "UPDATE",
        "responses_answer",
        "id IN (OLD.response_id, NEW.response_id)",
    ),
    "lake_answer_deleted": _touch(
        "lake_answer_deleted", "DELETE", "responses_answer", "id = OLD.response_id"
    ),
    "lake_department_moved": _touch_when_changed(
        "lake_department_moved", "accounts_department", "path", "department_id = NEW.id"
    ),
    "lake_customer_rekeyed": _touch_when_changed(
        "lake_customer_rekeyed",
        "customers_customer",
        "key_hash",
        "customer_id = NEW.id",
    ),
    "lake_instrument_recoded": _touch_when_changed(
        "lake_instrument_recoded",
        "surveys_instrument",
        "code",
        "instrument_version_id IN (SELECT id FROM surveys_instrumentversion "
        "WHERE instrument_id = NEW.id)",
    ),
}

PRESENT = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'lake_%'"
REMOVALS = tuple(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS)
