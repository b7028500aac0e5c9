"""Repeating what is already there adds nothing; undoing takes back everything."""

from __future__ import annotations

import pytest

from tests.zhiyin.listen.imports.conftest import Desk, total
from zhiyin.accounts.models import AuditEntry
from zhiyin.common import worker
from zhiyin.listen.imports.models import Import, ImportStatus
from zhiyin.listen.responses.models import Answer, ErasedResponse, Response

ANONYMOUS = "nps,region\n9,east\n9,east\n0,west\n"
KNOWN = (
    "customer_id,time,nps\n"
    "13800000001,2026-05-01 10:00,9\n"
    "13800000002,2026-05-01 10:05,0\n"
)


def test_same_file_twice_adds_nothing(desk: Desk) -> None:
    first = desk.run(("a.csv", ANONYMOUS))
    second = desk.run(("renamed.csv", ANONYMOUS))
    assert (first.rows_accepted, second.rows_accepted) == (3, 0)
    assert second.rows_duplicate == 3
    assert total(second) == second.rows_read
    assert Response.objects.count() == 3
    assert "已导入" not in desk.page(first, "")


def test_equal_rows_of_one_file_without_a_key_are_different_answers(desk: Desk) -> None:
    assert desk.run(("a.csv", ANONYMOUS)).rows_accepted == 3


def test_longer_export_of_the_same_answers_adds_only_the_new_ones(desk: Desk) -> None:
    desk.run(("may.csv", KNOWN), date="")
    longer = KNOWN + "13800000003,2026-06-01 09:00,10\n"
    batch = desk.run(("june.csv", longer), date="")
    assert (batch.rows_accepted, batch.rows_duplicate) == (1, 2)
    assert Response.objects.count() == 3


def test_same_answer_in_another_kind_of_file_is_recognised(desk: Desk) -> None:
    desk.run(("may.csv", KNOWN), date="")
    batch = desk.run(("may.txt", KNOWN.replace(",", "|")), date="")
    assert batch.rows_duplicate == 2


def test_same_file_mapped_differently_is_still_the_same_file(desk: Desk) -> None:
    desk.run(("may.csv", KNOWN), date="")
    batch = desk.run(("may.csv", KNOWN), **{"role-0": "ignore"}, date="")
    assert (batch.rows_accepted, batch.rows_duplicate) == (0, 2)


def test_source_keys_give_away_no_customer(desk: Desk) -> None:
    desk.run(("may.csv", KNOWN), date="")
    keys = Response.objects.values_list("source_key", flat=True)
    assert all("138" not in key[:4] and len(key) == 40 for key in keys)


@pytest.mark.requirement("R000-35")
def test_undoing_removes_every_answer_and_leaves_tombstones(desk: Desk) -> None:
    batch = desk.run(("a.csv", ANONYMOUS))
    ids = set(Response.objects.values_list("pk", flat=True))
    assert "3" in desk.page(batch, "undo")
    assert Response.objects.count() == 3
    desk.client.post(f"/listen/imports/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert batch.status == ImportStatus.UNDONE
    assert Response.objects.count() == Answer.objects.count() == 0
    gone = set(ErasedResponse.objects.values_list("response_id", flat=True))
    assert gone == ids
    assert AuditEntry.objects.filter(action="import.undone").count() == 1


def test_undone_import_can_be_imported_again(desk: Desk) -> None:
    batch = desk.run(("a.csv", ANONYMOUS))
    desk.client.post(f"/listen/imports/{batch.pk}/undo/")
    desk.client.post(f"/listen/imports/{batch.pk}/again/")
    again = Import.objects.order_by("pk").last()
    assert again.pk != batch.pk
    desk.start(again)
    assert again.rows_accepted == 3


def test_large_undo_is_finished_by_the_worker(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhiyin.listen.imports.services.AT_ONCE_ROWS", 1)
    batch = desk.run(("a.csv", ANONYMOUS))
    desk.client.post(f"/listen/imports/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert batch.status == ImportStatus.UNDOING
    assert "撤销中" in desk.page(batch, "")
    worker.drain()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.UNDONE


def test_undo_takes_only_its_own_rows(desk: Desk) -> None:
    desk.run(("a.csv", ANONYMOUS))
    other = desk.run(("b.csv", "nps\n0\n7\n"))
    desk.client.post(f"/listen/imports/{other.pk}/undo/")
    assert Response.objects.count() == 3
