"""Rounds of edits and syncs in processes of their own, most of which are killed.

`main` runs in a process with a home of its own, its arguments MODE COUNT SEED. The
parent touches neither database nor lake: it forks, waits and kills.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django.db.models.sql.compiler  # noqa: F401 - once, not in every child
import pyarrow.parquet as pq
from django.core.management import call_command
from django.db import connections

from tests.zhiyin.analyze.lake.scenario import (
    START,
    Survey,
    expected_rows,
    lake_rows,
    make_survey,
    register_field,
)
from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.queries.manifest import read_manifest
from zhiyin.analyze.lake.queries.places import dataset_folder
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.analyze.lake.services.garbage import collect_garbage
from zhiyin.listen.responses.models import Answer, Response

ORGANISATION = 1


def fork(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        connections.close_all()
        code = 0
    except BaseException as error:  # noqa: BLE001
        sys.stderr.write(f"{work}: {error!r}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def run(work: Callable[[], object]) -> None:
    _, status = os.waitpid(fork(work), 0)
    if status:
        message = f"{work} ended with {status}"
        raise RuntimeError(message)


def prepare() -> None:
    call_command("migrate", verbosity=0)
    organisation = Organisation.objects.create(
        pk=ORGANISATION, code="huaxing", name="华星", brand="华星"
    )
    register_field(organisation, "region", "category")
    register_field(organisation, "arpu", "number")
    make_survey(organisation).respond_many(240)


def edit(seed: int) -> None:
    """Insert, edit, re-date, exclude and erase some responses."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    organisation = Organisation.objects.get(pk=ORGANISATION)
    some = Response.objects.select_related("instrument_version", "department").first()
    survey = Survey(organisation, some.instrument_version, some.department)
    keys = list(Response.objects.values_list("pk", flat=True))
    chance.shuffle(keys)
    for _ in range(chance.randrange(1, 12)):
        survey.respond(
            chance.randrange(11),
            responded_at=START + dt.timedelta(days=chance.randrange(365)),
            comment=f"意见{chance.random()}",
            attributes={"region": "新区", "arpu": chance.random()},
        )
    Answer.objects.filter(response__in=keys[:5]).update(score=chance.randrange(1, 6))
    moved = START + dt.timedelta(days=chance.randrange(365))
    Response.objects.filter(pk__in=keys[5:8]).update(responded_at=moved)
    Response.objects.filter(pk__in=keys[8:12]).update(excluded=chance.choice(["", "x"]))
    Response.objects.filter(pk__in=keys[12 : 12 + chance.randrange(9)]).delete()


def edits(chance: random.Random) -> Callable[[], None]:
    return partial(edit, chance.randrange(10**9))


def sync() -> None:
    sync_organisation(organisation=ORGANISATION)


def check_readable() -> None:
    """Read every listed file; no row may be there twice."""
    rows = lake_rows(ORGANISATION)
    keys = [(row["response_id"], row["item"]) for row in rows]
    if len(set(keys)) != len(keys):
        message = f"{len(keys) - len(set(keys))} rows are doubled"
        raise AssertionError(message)


def check_equal() -> None:
    if lake_rows(ORGANISATION) != expected_rows(ORGANISATION):
        message = "the lake differs from the database"
        raise AssertionError(message)


def read_forever() -> None:
    """Read what the manifest lists, again and again, until told to stop."""
    folder = dataset_folder(ORGANISATION)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        manifest = read_manifest(ORGANISATION)
        for file in manifest.files if manifest else ():
            if pq.read_metadata(folder / file.path).num_rows != file.rows:
                message = f"{file.path} is not what the manifest says"
                raise AssertionError(message)
        time.sleep(0.02)


def check_tidy() -> None:
    collect_garbage(ORGANISATION, grace_seconds=0, abandoned_seconds=0)
    folder = dataset_folder(ORGANISATION)
    listed = {file.path for file in read_manifest(ORGANISATION).files}
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    if there != listed | {"manifest.json"}:
        message = f"files too many or too few: {there ^ listed}"
        raise AssertionError(message)


def dying_sync(flushes: int) -> Callable[[], None]:
    """Return a sync that dies at its nth flush to the disk, before or after it."""

    def work() -> None:
        real, seen = os.fsync, 0

        def fsync(descriptor: int) -> None:
            nonlocal seen
            seen += 1
            if seen * 2 == flushes:
                os.kill(os.getpid(), signal.SIGKILL)
            real(descriptor)
            if seen * 2 + 1 == flushes:
                os.kill(os.getpid(), signal.SIGKILL)

        os.fsync = fsync
        sync()

    return work


def kill_after(seconds: float) -> bool:
    """Start a sync and kill it; tell whether it was still at work."""
    child = fork(sync)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def settle() -> None:
    """Read what a killed sync left, finish its work, and compare both sides."""
    check_readable()
    sync()
    check_equal()


def kills(count: int, chance: random.Random) -> int:
    started = time.monotonic()
    run(sync)
    longest = (time.monotonic() - started) * 1.2
    killed = 0
    while killed < count:
        run(edits(chance))
        killed += kill_after(chance.random() * longest)
        if chance.random() < 0.5:
            killed += kill_after(chance.random() * longest)
        run(settle)
    return killed


def steps(count: int, chance: random.Random) -> int:
    killed = 0
    run(sync)
    for flush in range(2, count + 2):
        run(edits(chance))
        _, status = os.waitpid(fork(dying_sync(flush)), 0)
        killed += os.WIFSIGNALED(status)
        run(settle)
    return killed


def race(count: int, chance: random.Random) -> int:
    for _ in range(count):
        run(edits(chance))
        children = [fork(sync) for _ in range(3)]
        children.append(fork(edits(chance)))
        for child in children:
            if os.waitpid(child, 0)[1]:
                message = "a sync failed while another one ran"
                raise RuntimeError(message)
        run(settle)
    return 0


def main() -> None:
    mode, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)  # noqa: S311 - to be repeated
    run(prepare)
    reader = fork(read_forever)
    killed = {"kills": kills, "steps": steps, "race": race}[mode](count, chance)
    os.kill(reader, signal.SIGTERM)
    read_well = os.waitpid(reader, 0)[1] == 0
    run(check_tidy)
    files = len(list(Path(os.environ["ZHIYIN_HOME"]).rglob("*.parquet")))
    sys.stdout.write(json.dumps({"killed": killed, "read_well": read_well,
                                 "files": files}))  # fmt: skip
