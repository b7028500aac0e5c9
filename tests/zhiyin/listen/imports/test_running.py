"""The background work: resumable, cancellable, two at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from tests.zhiyin.listen.imports.conftest import Desk, total
from zhiyin.accounts.models import Organisation, Person
from zhiyin.common import clock, worker
from zhiyin.listen.imports import services
from zhiyin.listen.imports.models import Import, ImportStatus
from zhiyin.listen.imports.services import driving, running
from zhiyin.listen.responses.models import Response

ROWS = 500


def big_file(rows: int = ROWS) -> str:
    lines = (
        f"{place % 11 if place % 50 else 'x'},r{place % 7}" for place in range(rows)
    )
    return "nps,region\n" + "\n".join(lines)


@pytest.fixture
def queued(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Import:
    """A mapped import in the queue; the worker takes small batches."""
    monkeypatch.setattr(running, "BATCH_ROWS", 40)
    monkeypatch.setattr("cxstats.files.delimited.CHUNK_ROWS", 40)
    batch = desk.received(("big.csv", big_file()))
    desk.map(batch, date="2026-05-01", **{"missing-0": ""})
    batch.refresh_from_db()
    return services.start_import(batch=batch, by=None)


def begin(batch: Import) -> Any:
    run = services.begin(batch)
    assert run is not None
    return run


def stale(batch: Import) -> None:
    """Make a claim as old as a killed worker's would become."""
    long_ago = clock.now() - dt.timedelta(minutes=5)
    Import.objects.filter(pk=batch.pk).update(heartbeat_at=long_ago)


def test_successor_of_a_killed_worker_goes_on_without_loss_or_double(
    queued: Import,
) -> None:
    run = begin(queued)
    for _ in range(4):
        assert run.step()
    # What the killed worker wrote to the log beyond its last commit is not true.
    with services.rejects.log_path(queued).open("ab") as log:
        log.write(b'{"torn": ')
    del run
    stale(queued)
    worker.drain()
    queued.refresh_from_db()
    assert queued.status == ImportStatus.DONE
    assert total(queued) == queued.rows_read == ROWS
    assert Response.objects.count() == queued.rows_accepted == ROWS - 10
    lines = [reject.line for reject in services.read_rejects(queued)]
    assert lines == [2 + place for place in range(0, ROWS, 50)]


def test_batch_that_fails_on_its_way_leaves_no_trace(
    queued: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(queued)
    run.step()
    before = Response.objects.count()

    def broken(*_args: object) -> int:
        raise OSError

    monkeypatch.setattr(running, "append_rejects", broken)
    assert services.drive(run, lambda: True) is False
    queued.refresh_from_db()
    assert queued.status == ImportStatus.FAILED
    assert queued.fault["code"] == "unexpected"
    assert Response.objects.count() == before == queued.rows_accepted


def test_failed_import_goes_on_where_it_stopped(
    queued: Import, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(running, "append_rejects", lambda *_args: 1 / 0)
        worker.drain()
    assert "重试" in desk.page(queued, "")
    desk.client.post(f"/listen/imports/{queued.pk}/retry/")
    worker.drain()
    queued.refresh_from_db()
    assert queued.status == ImportStatus.DONE
    assert total(queued) == ROWS


def test_cancelled_import_stops_and_keeps_its_counts(
    queued: Import, desk: Desk
) -> None:
    run = begin(queued)
    run.step()
    desk.client.post(f"/listen/imports/{queued.pk}/cancel/")
    assert services.drive(run, lambda: True) is False
    queued.refresh_from_db()
    assert queued.status == ImportStatus.CANCELLED
    assert 0 < queued.rows_read < ROWS
    assert total(queued) == queued.rows_read
    assert Response.objects.count() == queued.rows_accepted
    assert "继续" in desk.page(queued, "")


def test_queued_import_is_cancelled_at_once(queued: Import, desk: Desk) -> None:
    desk.client.post(f"/listen/imports/{queued.pk}/cancel/")
    queued.refresh_from_db()
    assert queued.status == ImportStatus.CANCELLED
    assert Response.objects.count() == 0


def test_two_workers_never_have_the_same_import(queued: Import) -> None:
    first = begin(queued)
    assert services.begin(Import.objects.get(pk=queued.pk)) is None
    first.step()
    stale(queued)
    second = begin(Import.objects.get(pk=queued.pk))
    with pytest.raises(running.ClaimLostError):
        first.step()
    while second.step():
        pass
    queued.refresh_from_db()
    assert total(queued) == ROWS
    assert Response.objects.count() == queued.rows_accepted


def test_two_imports_at_once_take_turns(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 40)
    monkeypatch.setattr("cxstats.files.delimited.CHUNK_ROWS", 40)
    monkeypatch.setattr(driving, "SLICE_SECONDS", 0.0)
    batches = [desk.received((f"{n}.csv", big_file(200) + f"\n{n},x")) for n in (1, 2)]
    for batch in batches:
        desk.map(batch, date="2026-05-01", **{"missing-0": ""})
        batch.refresh_from_db()
        services.start_import(batch=batch, by=None)
    for _ in range(4):
        services.run_some()
    worker.drain()
    for batch in batches:
        batch.refresh_from_db()
        assert batch.status == ImportStatus.DONE
        assert total(batch) == batch.rows_read == 201


def test_progress_is_shown_until_it_is_over(queued: Import, desk: Desk) -> None:
    run = begin(queued)
    for _ in range(6):
        run.step()
    page = desk.page(queued, "status")
    assert f'value="{queued.percent}"' in page
    assert 0 < queued.percent < 100
    while run.step():
        pass
    over = desk.client.get(f"/listen/imports/{queued.pk}/status/")
    assert over.headers["HX-Refresh"] == "true"


def test_files_are_deleted_when_their_time_is_over(
    desk: Desk, settings: Any, organisation: Organisation, manager: Person
) -> None:
    batch = desk.run(("a.csv", "nps\n0\n9\n12\n"), **{"missing-0": ""})
    path = batch.files.get().path
    assert path.exists()
    assert services.delete_old_files() is False
    settings.IMPORT_FILES_KEPT_DAYS = 0
    assert services.delete_old_files() is True
    batch.refresh_from_db()
    assert not path.exists()
    assert batch.files_deleted_at is not None
    assert Response.objects.count() == 2
    page = desk.page(batch, "")
    assert "rejected.csv" not in page
    assert "已于" in page


def test_rows_are_committed_in_short_transactions(queued: Import) -> None:
    run = begin(queued)
    assert not connection.needs_rollback
    run.step()
    queued.refresh_from_db()
    assert queued.rows_read <= 2 * running.BATCH_ROWS
