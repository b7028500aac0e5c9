"""Bad files: each a clear message on the page, nothing stored, no server error."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.databases import copy_migrated
from tests.zhiyin.listen.imports.conftest import Content, Desk, workbook
from zhiyin.accounts.models import Person
from zhiyin.listen.imports.models import Import, ImportFile, ImportStatus
from zhiyin.listen.imports.models.files import folder
from zhiyin.listen.responses.models import Response


def truncated_parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"nps": list(range(11)) * 100}), out)
    return out.getvalue()[:-200]


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (80 << 20))
    return out.getvalue()


WIDE = ",".join(f"c{place}" for place in range(3000)) + "\n" + "1," * 2999 + "1\n"
BROKEN = "nps,词\n9,好\n".encode() * 50 + b"9,\xff\xfe\xfa\n"
BAD_FILES: dict[str, tuple[str, Content, str]] = {
    "empty": ("empty.csv", b"", "空文件"),
    "only blank lines": ("blank.csv", b"\n\n \n", "空文件"),
    "header only": ("head.csv", "nps,comment\n", "没有数据行"),
    "page named as a workbook": ("a.xlsx", "<html><table></table>", "不是表格"),
    "picture named as CSV": ("a.csv", b"\x89PNG\r\n\x1a\n0000", "不是表格"),
    "truncated Parquet": ("cut.parquet", truncated_parquet(), "不完整"),
    "truncated workbook": ("cut.xlsx", workbook([["nps"], [9]])[:900], "不完整"),
    "zip bomb": ("bomb.xlsx", zip_bomb(), "膨胀"),
    "3,000 columns": ("wide.csv", WIDE, "3000"),
    "broken encoding": ("enc.csv", BROKEN, "编码"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_file_that_is_no_table_is_explained(desk: Desk, case: str) -> None:
    name, content, told = BAD_FILES[case]
    response = desk.upload((name, content))
    page = response.content.decode()
    if "alert-danger" not in page:
        page = desk.page(Import.objects.get())
    assert response.status_code == 200
    assert told in page
    assert "下一步" not in page
    assert Response.objects.count() == 0


def test_no_file_is_asked_for(desk: Desk) -> None:
    assert "至少选择一个文件" in desk.upload().content.decode()
    assert Import.objects.count() == 0


def test_too_large_file_is_refused_and_not_kept(desk: Desk, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 2 << 20
    before = set(folder().glob("*")) if folder().exists() else set()
    response = desk.upload(("big.csv", b"nps\n" + b"9\n" * (2 << 20)))
    assert response.status_code == 200
    assert "big.csv 超过 2 MB" in response.content.decode()
    assert Import.objects.count() == 0
    assert set(folder().glob("*")) == before


def test_limit_is_told_before_the_upload(desk: Desk) -> None:
    page = desk.client.get("/listen/imports/new/").content.decode()
    assert "256 MB" in page
    assert f'data-limit="{256 << 20}"' in page


def test_upload_without_the_token_is_refused(manager: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)
    file = SimpleUploadedFile("a.csv", b"nps\n9\n")
    assert client.post("/listen/imports/new/", {"files": file}).status_code == 403
    assert Import.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\windows\\system.csv", "system.csv"),
        ("名单\x07\u202e.csv", "名单.csv"),
        ("<script>alert(1)</script>.csv", "script>.csv"),
    ],
)
def test_tricks_in_the_file_name_lead_nowhere(
    desk: Desk, given: str, shown: str
) -> None:
    desk.upload((given, "nps\n9\n0\n"))
    file = ImportFile.objects.get()
    assert file.name == shown
    assert file.path.parent == folder()
    assert file.path.read_bytes() == b"nps\n9\n0\n"
    assert "<script>alert" not in desk.page(file.batch)


def test_wrong_encoding_can_be_put_right_on_the_page(desk: Desk) -> None:
    batch = desk.received(
        ("gbk.csv", "评分,意见\n9,网络很好\n0,太慢\n".encode("gb18030"))
    )
    file = batch.files.get()
    assert file.found["details"]["encoding"] == "gb18030"
    data = {"file": file.pk, "encoding": "big5", "header": ""}
    desk.client.post(f"/listen/imports/{batch.pk}/preview/", data)
    batch.refresh_from_db()
    assert "网络很好" not in desk.page(batch)
    desk.client.post(
        f"/listen/imports/{batch.pk}/preview/", data | {"encoding": "gb18030"}
    )
    assert "网络很好" in desk.page(batch)


def test_unknown_reading_is_refused_by_the_form(desk: Desk) -> None:
    batch = desk.received(("a.csv", "nps\n9\n0\n"))
    data = {"file": batch.files.get().pk, "encoding": "ebcdic", "header": "-3"}
    response = desk.client.post(f"/listen/imports/{batch.pk}/preview/", data)
    assert response.status_code == 200
    assert "zy-error" in response.content.decode()


def test_sheet_and_delimiter_can_be_chosen(desk: Desk) -> None:
    book = workbook([["封面"], ["说明"]], 数据=[["nps", "意见"], [9, "好"], [0, "差"]])
    batch = desk.received(("book.xlsx", book))
    assert "数据" in desk.page(batch)
    file = batch.files.get()
    desk.client.post(
        f"/listen/imports/{batch.pk}/preview/", {"file": file.pk, "sheet": "数据"}
    )
    file.refresh_from_db()
    assert [column["name"] for column in file.columns] == ["nps", "意见"]
    wrong = desk.client.post(
        f"/listen/imports/{batch.pk}/preview/", {"file": file.pk, "sheet": "没有"}
    )
    assert wrong.status_code == 200
    assert "zy-error" in wrong.content.decode()


def test_nul_byte_rejects_its_row_only(desk: Desk) -> None:
    batch = desk.run(("nul.csv", b"nps,note\n9,a\n0,b\x00c\n10,d\n0,e\n"))
    assert batch.status == ImportStatus.DONE
    assert batch.tally["rejected"] == {"nul_byte": 1}
    assert batch.rows_accepted == 3


def test_formula_is_stored_as_text_and_downloaded_harmless(desk: Desk) -> None:
    told = 'nps,comment\n9,"=HYPERLINK(""http://x"")"\n0,b\nbad,=1+1\n'
    batch = desk.run(("f.csv", told), **{"role-1": "comment"})
    assert Response.objects.filter(comment__startswith="=HYPERLINK").exists()
    download = desk.client.get(f"/listen/imports/{batch.pk}/rejected.csv")
    text = b"".join(download.streaming_content)
    assert text.startswith(b"\xef\xbb\xbf")
    row = text.decode("utf-8-sig").splitlines()[1]
    assert row == "f.csv,4,nps,bad,不是数字,bad,'=1+1"


@pytest.mark.slow
def test_two_uploads_at_once_are_both_taken(tmp_path: Path) -> None:
    script = Path(__file__).with_name("two_uploads.py")
    environment = os.environ | {
        "ZHIYIN_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/two.sqlite3",
        "DJANGO_SETTINGS_MODULE": "zhiyin.site.settings",
    }
    copy_migrated(tmp_path / "two.sqlite3")
    done = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["302", "302", "done", "done", "6000", "6000"]
