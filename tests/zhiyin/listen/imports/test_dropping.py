"""Files that another system lays into the drop folder, with their control files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from tests.zhiyin.listen.imports.conftest import Desk
from zhiyin.accounts.models import Organisation
from zhiyin.common import worker
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.imports.models import Import, ImportStatus
from zhiyin.listen.imports.services import dropping
from zhiyin.listen.responses.models import Response

ANSWERS = "id,NPS,region\n" + "".join(f"r{n},{n % 11},east\n" for n in range(40))
BROKEN = ANSWERS + "r40,17,east\n"


class Folder:
    """The other system: it copies a file, then says what it should be."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def lay(self, name: str, text: str, *, kind: str = "answers") -> Path:
        path = self.root / kind / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def control(self, path: Path, *, rows: int, told: str = "", more: str = "") -> None:
        digest = told or hashlib.sha256(path.read_bytes()).hexdigest()
        text = f"rows={rows}\nsha256={digest}\n{more}"
        path.with_name(f"{path.name}.ok").write_text(text, encoding="utf-8")

    def filed(self, name: str) -> set[str]:
        """Return what lies in done or failed, without the numbers of imports."""
        found = (self.root / name).iterdir() if (self.root / name).is_dir() else ()
        return {each.name.partition("-")[2] for each in found}

    def works(self) -> None:
        """Let the worker do all there is."""
        while dropping.pick_up_next():
            worker.drain()


@pytest.fixture
def folder(organisation: Organisation, tmp_path: Path, settings: Any) -> Folder:
    settings.MEDIA_ROOT = tmp_path
    return Folder(dropping.drop_folder(organisation))


def test_a_file_waits_for_its_control_file_and_is_imported_once(
    folder: Folder, desk: Desk
) -> None:
    path = folder.lay("may.csv", ANSWERS)
    folder.works()
    assert not Import.objects.exists()
    folder.control(path, rows=41, told="0" * 64)
    folder.works()
    # It does not fit yet: perhaps the copy is still going on.
    assert not Import.objects.exists()
    folder.control(path, rows=40)
    folder.works()
    batch = Import.objects.get()
    assert (batch.status, batch.rows_accepted) == (ImportStatus.DONE, 40)
    assert folder.filed("done") == {"may.csv", "may.csv.ok"}
    assert not any((folder.root / "answers").iterdir())
    assert "接收文件夹" in desk.client.get("/listen/imports/").content.decode()
    # The same file again adds nothing.
    folder.control(folder.lay("may.csv", ANSWERS), rows=40)
    folder.works()
    again = Import.objects.latest("pk")
    assert (again.rows_accepted, again.rows_duplicate) == (0, 40)
    assert Response.objects.count() == 40


def test_rejected_rows_are_laid_beside_the_file(folder: Folder) -> None:
    profile = folder.lay("june.csv", BROKEN)
    folder.control(profile, rows=41)
    folder.works()
    assert folder.filed("done") == {"june.csv", "june.csv.ok", "june.csv.rejected.csv"}
    beside = next((folder.root / "done").glob("*.rejected.csv"))
    assert "r40" in beside.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("rows", "told", "more", "reason"),
    [
        (39, "", "", "drop_rows"),
        (40, "0" * 64, "", "drop_checksum"),
        (40, "none", "", "drop_control"),
        (40, "", "profile=nowhere\n", "drop_profile"),
    ],
)
def test_what_does_not_fit_is_put_aside_with_the_reason(
    folder: Folder, desk: Desk, rows: int, told: str, more: str, reason: str
) -> None:
    path = folder.lay("may.csv", ANSWERS)
    folder.control(path, rows=rows, told=told, more=more)
    for each in path.parent.iterdir():
        os.utime(each, (1_000_000_000, 1_000_000_000))
    folder.works()
    batch = Import.objects.get()
    assert (batch.status, batch.fault["code"]) == (ImportStatus.FAILED, reason)
    assert not Response.objects.exists()
    assert folder.filed("failed") == {"may.csv", "may.csv.ok", "may.csv.error.txt"}
    assert "may.csv" in desk.page(batch, "")


def test_customers_are_taken_and_a_killed_worker_is_followed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "客户编号,手机号\nA-1,13800138000\nA-2,13800138001\n"
    path = folder.lay("people.csv", told, kind="customers")
    folder.control(path, rows=2)
    # Killed at the end, when the rows are in and the file is half-way moved.
    killed = {"replace": Path.replace}

    def die(self: Path, target: Path) -> Path:
        if self == path:
            raise KeyboardInterrupt
        return killed["replace"](self, target)

    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        folder.works()
    assert path.exists()
    monkeypatch.undo()
    folder.works()
    assert folder.filed("done") == {"people.csv", "people.csv.ok"}
    assert Import.objects.count() == 1
    assert Customer.objects.count() == 2


def test_links_out_of_the_folder_are_not_followed(
    folder: Folder, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(ANSWERS, encoding="utf-8")
    path = folder.lay("mine.csv", ANSWERS)
    folder.control(path, rows=40)
    path.unlink()
    path.symlink_to(outside)
    folder.works()
    assert not Import.objects.exists()


def test_filed_files_are_deleted_after_their_time(
    folder: Folder, settings: Any
) -> None:
    folder.control(folder.lay("may.csv", ANSWERS), rows=40)
    folder.works()
    dropping.forget_old()
    assert folder.filed("done")
    settings.IMPORT_FILES_KEPT_DAYS = 0
    dropping.forget_old()
    assert not folder.filed("done")
