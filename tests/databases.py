"""Databases of tests: migrated once and copied, emptied where they are not empty.

Migrating a fresh database takes longer than most tests, and so does Django's way of
emptying one: it touches every table and makes content types and permissions anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "tests"
# What migrations themselves fill, the same in every database.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
STANDING: dict[str, list[tuple[Any, ...]]] = {}


def state_of_the_source() -> str:
    """Tell migrations, and the triggers that are put back after them, by their text."""
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for path in sorted((ROOT / "src" / "zhiyin").rglob("*.py")):
        content = path.read_bytes()
        if path.parent.name == "migrations" or b"TRIGGER" in content:
            digest.update(path.as_posix().encode() + content)
    return digest.hexdigest()[:24]


def migrated_file() -> Path:
    """Return an SQLite file with every table, made once per state of the source."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{state_of_the_source()}.sqlite3"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            _migrate_file(path)
    return path


def _migrate_file(path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="zhiyin-migrated-") as home:
        made = Path(home) / "made.sqlite3"
        migrate(f"sqlite:///{made}")
        copy_migrated(path, made)


def migrate(address: str) -> None:
    """Make every table, with the command that people use, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="zhiyin-migrating-") as home:
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
            env=os.environ
            | {
                "ZHIYIN_HOME": home,
                "DATABASE_URL": address,
                "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
                "PYTHONPATH": str(ROOT / "src"),
            },
            check=True,
        )


def copy_migrated(path: Path, source: Path | None = None) -> None:
    """Write a database with every table and no row into a file."""
    with sqlite3.connect(source or migrated_file()) as there:
        here = sqlite3.connect(path)
        there.backup(here)
        here.close()
    there.close()


def load_migrated() -> str:
    """Make the database of one test process; stands in for `create_test_db`."""
    name: str = connection.creation._get_test_db_name()
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = name
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()
    source = sqlite3.connect(migrated_file())
    source.backup(connection.connection)
    source.close()
    return name


def _filled(cursor: Any) -> list[str]:
    """Return the tables that hold a row, but for those of every database."""
    tables = set(connection.introspection.table_names(cursor)) - KEPT
    asked = (
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")"
        for name in sorted(tables)
    )
    cursor.execute(" UNION ALL ".join(asked))
    return [name for (name,) in cursor.fetchall()]


def note_standing() -> None:
    """Remember the rows with which a migrated database begins."""
    with connection.cursor() as cursor:
        for name in _filled(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            STANDING[name] = cursor.fetchall()


def _begin_anew(cursor: Any, filled: list[str]) -> None:
    for name in filled:
        cursor.execute(f'DELETE FROM "{name}"')
    for name, rows in STANDING.items():
        for row in rows:
            marks = ", ".join(["%s"] * len(row))
            cursor.execute(f'INSERT INTO "{name}" VALUES ({marks})', row)


def empty() -> None:
    """Delete every row that a test left; no trigger guards or notes it."""
    with connection.cursor() as cursor:
        filled = _filled(cursor)
        if connection.vendor == "postgresql":
            with transaction.atomic():
                # Neither triggers nor references stand in the way of a replica.
                cursor.execute("SET LOCAL session_replication_role = replica")
                _begin_anew(cursor, filled)
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        cursor.execute("PRAGMA foreign_keys = OFF")
        with transaction.atomic():
            for name, _statement in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            _begin_anew(cursor, filled)
            for _name, statement in triggers:
                cursor.execute(statement)
        cursor.execute("PRAGMA foreign_keys = ON")


TransactionTestCase._fixture_teardown = lambda _case: empty()
