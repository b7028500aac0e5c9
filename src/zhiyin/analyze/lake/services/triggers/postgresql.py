"""Triggers of PostgreSQL: a change carries the number of its transaction.

Transactions commit in another order than they begin, so the number alone is no
watermark. The lake keeps the whole snapshot it read, and asks afterwards which
numbers that snapshot could not see: what committed late is among them.
"""

from __future__ import annotations

_XID = "pg_current_xact_id()::text::bigint"
_MONTH = "to_char(responded_at AT TIME ZONE 'UTC', 'YYYY-MM')"


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$body$ BEGIN {body} END $body$"
    )


def _touch(rows: str) -> str:
    # The response's own trigger writes the number; an answer that arrives in the
    # same transaction as its response finds it there and writes nothing.
    return (
        "UPDATE responses_response r SET revision = 0 "
        f"WHERE {rows} AND r.revision <> {_XID}; RETURN NULL;"
    )


def _forget(source: str) -> str:
    return (
        "INSERT INTO responses_erasedresponse "
        "(organisation_id, response_id, month, erased_at, revision) "
        f"SELECT organisation_id, id, {_MONTH}, statement_timestamp(), 0 FROM {source} "
        "ON CONFLICT (response_id) DO UPDATE SET month = excluded.month, "
        "erased_at = excluded.erased_at, revision = 0; RETURN NULL;"
    )


PREPARATIONS = (
    _function("lake_stamp", f"NEW.revision := {_XID}; RETURN NEW;"),
    _function(
        "lake_refuse_move",
        "RAISE EXCEPTION 'a response never changes its organisation';",
    ),
    _function("lake_forget_rows", _forget("old_rows")),
    _function("lake_forget_all", _forget("responses_response")),
    _function("lake_touch_new", _touch("r.id IN (SELECT response_id FROM new_rows)")),
    _function("lake_touch_old", _touch("r.id IN (SELECT response_id FROM old_rows)")),
    _function(
        "lake_touch_both",
        _touch(
            "r.id IN (SELECT response_id FROM old_rows "
            "UNION SELECT response_id FROM new_rows)"
        ),
    ),
    _function("lake_touch_department", _touch("r.department_id = NEW.id")),
    _function("lake_touch_customer", _touch("r.customer_id = NEW.id")),
    _function(
        "lake_touch_instrument",
        _touch(
            "r.instrument_version_id IN (SELECT id FROM surveys_instrumentversion "
            "WHERE instrument_id = NEW.id)"
        ),
    ),
)

_BODIES = {
    "lake_response_stamped": (
        "BEFORE INSERT OR UPDATE ON responses_response "
        "FOR EACH ROW EXECUTE FUNCTION lake_stamp()"
    ),
    "lake_response_keeps_organisation": (
        "BEFORE UPDATE OF organisation_id ON responses_response FOR EACH ROW "
        "WHEN (OLD.organisation_id <> NEW.organisation_id) "
        "EXECUTE FUNCTION lake_refuse_move()"
    ),
    "lake_response_deleted": (
        "AFTER DELETE ON responses_response REFERENCING OLD TABLE AS old_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION lake_forget_rows()"
    ),
    "lake_response_truncated": (
        "BEFORE TRUNCATE ON responses_response "
        "FOR EACH STATEMENT EXECUTE FUNCTION lake_forget_all()"
    ),
    "lake_erased_stamped": (
        "BEFORE INSERT OR UPDATE ON responses_erasedresponse "
        "FOR EACH ROW EXECUTE FUNCTION lake_stamp()"
    ),
    "lake_answer_inserted": (
        "AFTER INSERT ON responses_answer REFERENCING NEW TABLE AS new_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION lake_touch_new()"
    ),
    "lake_answer_updated": (
        "AFTER UPDATE ON responses_answer "
        "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION lake_touch_both()"
    ),
    "lake_answer_deleted": (
        "AFTER DELETE ON responses_answer REFERENCING OLD TABLE AS old_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION lake_touch_old()"
    ),
    "lake_department_moved": (
        "AFTER UPDATE OF path ON accounts_department FOR EACH ROW "
        "WHEN (OLD.path IS DISTINCT FROM NEW.path) "
        "EXECUTE FUNCTION lake_touch_department()"
    ),
    "lake_customer_rekeyed": (
        "AFTER UPDATE OF key_hash ON customers_customer FOR EACH ROW "
        "WHEN (OLD.key_hash IS DISTINCT FROM NEW.key_hash) "
        "EXECUTE FUNCTION lake_touch_customer()"
    ),
    "lake_instrument_recoded": (
        "AFTER UPDATE OF code ON surveys_instrument FOR EACH ROW "
        "WHEN (OLD.code IS DISTINCT FROM NEW.code) "
        "EXECUTE FUNCTION lake_touch_instrument()"
    ),
}

TRIGGERS = {
    name: f"CREATE OR REPLACE TRIGGER {name} {body}" for name, body in _BODIES.items()
}

PRESENT = (
    "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE pg_table_is_visible(tgrelid) AND tgname LIKE 'lake\\_%'"
)
# Tables change under their triggers here; nothing has to go before a migration.
REMOVALS: tuple[str, ...] = ()
