"""The command `zhiyin`: serve, worker, import, demo, manage."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import django


def _prepare() -> None:
    """Load the application; settings come from the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiyin.site.settings")
    django.setup()


def _manage(arguments: Sequence[str]) -> int:
    from django.core.management import execute_from_command_line

    _prepare()
    execute_from_command_line(["zhiyin", *arguments])
    return 0


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def work(options: argparse.Namespace) -> int:
    """Run background work until interrupted."""
    from zhiyin.common import worker

    _prepare()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if not options.quiet:
        names = ", ".join(task.name for task in worker.registered())
        print(f"working: {names or 'nothing registered'}", flush=True)
    worker.work_until(stop)
    return 0


def _granian(host: str, port: int, threads: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi",
        "--host", host, "--port", str(port), "--workers", "1",
        "--blocking-threads", str(threads), "--no-ws", "--log-level", "warning",
        "zhiyin.site.wsgi:application",
    ]  # fmt: skip


def serve(options: argparse.Namespace) -> int:
    """Serve pages and do the background work, until interrupted."""
    from django.db import connection

    _prepare()
    _migrate()
    # One writer thread has the best tail on SQLite; PostgreSQL gains from several.
    threads = 1 if connection.vendor == "sqlite" else 4
    address = f"http://{options.host}:{options.port}"
    children = [subprocess.Popen(_granian(options.host, options.port, threads))]  # noqa: S603
    if not options.no_worker:
        command = [sys.executable, "-m", "zhiyin.site.cli", "worker", "--quiet"]
        children.append(subprocess.Popen(command))  # noqa: S603
    print(f"Zhiyin is at {address} (Ctrl-C ends it)", flush=True)

    def end(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    try:
        return children[0].wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def import_file(options: argparse.Namespace) -> int:
    """Import a file with the same services as the page."""
    return _manage(["import_file", *options.rest])


def demo(options: argparse.Namespace) -> int:
    """Make the demo operator if it is not there, then serve."""
    from django.core.management import call_command

    _prepare()
    _migrate()
    call_command("load_demo", scale=options.scale, reset=options.reset)
    if options.prepare_only:
        return 0
    return serve(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zhiyin", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = argparse.ArgumentParser(add_help=False)
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8000)
    serving.add_argument("--no-worker", action="store_true", help="pages only")
    one = commands.add_parser("serve", parents=[serving], help="pages and worker")
    one.set_defaults(run=serve)
    one = commands.add_parser("worker", help="background work only")
    one.add_argument("--quiet", action="store_true")
    one.set_defaults(run=work)
    one = commands.add_parser("demo", parents=[serving], help="the demo operator")
    one.add_argument("--reset", action="store_true", help="begin anew")
    one.add_argument("--scale", type=int, default=8000, help="responses, about")
    one.add_argument("--prepare-only", action="store_true", help="load, do not serve")
    one.set_defaults(run=demo)
    # Named here for the help; `main` hands their arguments on unread.
    commands.add_parser("import", help="import a survey file", add_help=False)
    commands.add_parser("manage", help="Django's own commands", add_help=False)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; `import` and `manage` hand their arguments on."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    home = Path(os.environ.get("ZHIYIN_HOME", "var"))
    home.mkdir(parents=True, exist_ok=True)
    if given[:1] == ["manage"]:
        return _manage(given[1:])
    if given[:1] == ["import"]:
        return import_file(argparse.Namespace(rest=given[1:]))
    options = _parser().parse_args(given)
    result: int = options.run(options)
    return result


if __name__ == "__main__":
    raise SystemExit(main())
