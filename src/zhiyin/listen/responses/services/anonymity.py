"""Anonymous questionnaires: the database itself refuses what would name a person.

Answers to an anonymous questionnaire have no customer, no invitation, no attributes,
no employee, and the day instead of the moment. Triggers check this, because a promise
must hold whatever way a row is written. They are put back after every migration:
SQLite drops the triggers of a table that it rebuilds.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from zhiyin.common.clock import day_of
from zhiyin.listen.responses.models import Response

WATCHED_APPS = frozenset({"surveys", "responses"})
TABLES = frozenset(
    {"responses_response", "surveys_instrument", "surveys_instrumentversion"},
)
MOMENTS = (
    "responded_at",
    "started_at",
    "completed_at",
    "received_at",
    "updated_at",
)
_NAMED = (
    "NEW.customer_id IS NOT NULL OR NEW.invitation_id IS NOT NULL "
    "OR NEW.employee <> '' OR CAST(NEW.attributes AS text) <> '{}'"
)
_IS_ANONYMOUS = (
    "EXISTS (SELECT 1 FROM surveys_instrumentversion v "
    "JOIN surveys_instrument n ON n.id = v.instrument_id "
    "WHERE v.id = NEW.instrument_version_id AND n.is_anonymous)"
)
_IS_PUBLISHED = (
    "EXISTS (SELECT 1 FROM surveys_instrumentversion v "
    "WHERE v.instrument_id = NEW.id AND v.published_at IS NOT NULL)"
)
_SQLITE_TIMED = " OR ".join(
    f"strftime('%H:%M:%f', NEW.{name}) <> '00:00:00.000'" for name in MOMENTS
)
_POSTGRESQL_TIMED = " OR ".join(
    f"date_trunc('day', NEW.{name} AT TIME ZONE 'UTC') <> NEW.{name} AT TIME ZONE 'UTC'"
    for name in MOMENTS
)
_NAMES_SOMEBODY = "an anonymous answer names nobody and has no time of day"
_IS_SETTLED = "whether a published questionnaire is anonymous never changes"
SQLITE = (
    *(
        f"CREATE TRIGGER IF NOT EXISTS responses_anonymous_{event.lower()} "
        f"BEFORE {event} ON responses_response "
        f"WHEN ({_NAMED} OR {_SQLITE_TIMED}) AND {_IS_ANONYMOUS} "
        f"BEGIN SELECT RAISE(ABORT, '{_NAMES_SOMEBODY}'); END"
        for event in ("INSERT", "UPDATE")
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS responses_anonymity_settled "
        "BEFORE UPDATE OF is_anonymous ON surveys_instrument "
        f"WHEN OLD.is_anonymous <> NEW.is_anonymous AND {_IS_PUBLISHED} "
        f"BEGIN SELECT RAISE(ABORT, '{_IS_SETTLED}'); END"
    ),
)
SQLITE_BACK = (
    "DROP TRIGGER IF EXISTS responses_anonymous_insert",
    "DROP TRIGGER IF EXISTS responses_anonymous_update",
    "DROP TRIGGER IF EXISTS responses_anonymity_settled",
)


def _function(name: str, condition: str, message: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF ({condition}) THEN RAISE EXCEPTION '{message}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )


POSTGRESQL = (
    _function(
        "responses_refuse_named",
        f"({_NAMED} OR {_POSTGRESQL_TIMED}) AND {_IS_ANONYMOUS}",
        _NAMES_SOMEBODY,
    ),
    (
        "CREATE OR REPLACE TRIGGER responses_anonymous BEFORE INSERT OR UPDATE "
        "ON responses_response FOR EACH ROW EXECUTE FUNCTION responses_refuse_named()"
    ),
    _function(
        "responses_refuse_unsettled",
        f"OLD.is_anonymous <> NEW.is_anonymous AND {_IS_PUBLISHED}",
        _IS_SETTLED,
    ),
    (
        "CREATE OR REPLACE TRIGGER responses_anonymity_settled BEFORE UPDATE "
        "ON surveys_instrument FOR EACH ROW "
        "EXECUTE FUNCTION responses_refuse_unsettled()"
    ),
)
POSTGRESQL_BACK = (
    "DROP TRIGGER IF EXISTS responses_anonymous ON responses_response",
    "DROP TRIGGER IF EXISTS responses_anonymity_settled ON surveys_instrument",
)


def _run(sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> None:
    statements = sqlite if connection.vendor == "sqlite" else postgresql
    if TABLES.issubset(connection.introspection.table_names()):
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def remove_triggers(plan: list[tuple[Any, bool]] | None = None, **_signal: Any) -> None:
    """Make way for migrations of the tables that the triggers name."""
    if any(migration.app_label in WATCHED_APPS for migration, _back in plan or ()):
        _run(SQLITE_BACK, POSTGRESQL_BACK)


def install_triggers(**_signal: Any) -> None:
    """Have the database refuse named answers to anonymous questionnaires."""
    _run(SQLITE, POSTGRESQL)


def make_nameless(response: Response) -> None:
    """Take from an unsaved response what an anonymous one does not keep."""
    response.customer = None
    response.invitation = None
    response.attributes = {}
    response.employee = ""
    for name in MOMENTS:
        moment = getattr(response, name)
        if moment is not None:
            setattr(response, name, day_of(moment))
