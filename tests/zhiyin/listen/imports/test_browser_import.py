"""The journey in Chromium: with scripts on a desktop, without them on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhiyin.accounts.models import Person
from zhiyin.common import worker
from zhiyin.listen.imports.models import Import, ImportStatus

pytestmark = pytest.mark.browser

ROWS = [
    (n % 11, f"第{n}次办业务，等得有点久", "东" if n % 2 else "西") for n in range(60)
]
TOLD = "推荐意愿,意见,区域,满意度\n" + "".join(
    f"{score},{words},{region},{1 + score % 5}\n" for score, words, region in ROWS
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "调研.csv"
    path.write_bytes(TOLD.encode("gb18030"))
    return path


@pytest.mark.requirement("R002-27")
def test_file_is_imported_with_scripts(
    page: Any,
    log_in: Callable[..., None],
    live_server: Any,
    person_with: Callable[..., Person],
    file: Path,
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, person_with())
    page.goto(f"{live_server.url}/listen/imports/")
    page.click(".zy-actions a.btn-primary")
    page.set_input_files("#files", file)
    page.click("#upload button[type=submit]")
    page.wait_for_url(re.compile(r"/imports/\d+/preview/$"))
    assert "gb18030" in page.inner_text(".im-reading")
    page.click(".zy-actions a.btn-primary")
    # Making a column a score brings its settings without losing anything else.
    page.fill("#id_date", "2026-05-01")
    assert page.locator("[name=metric-3]").count() == 0
    page.select_option("#role-3", "score")
    page.wait_for_selector("[name=metric-3]")
    assert page.input_value("[name=metric-3]") == "csat:1-5"
    page.click(".zy-actions button[type=submit]")
    page.wait_for_url(re.compile(r"/review/$"))
    assert "60" in page.inner_text(".im-counts")
    page.fill("#profile_name", "月度调研")
    page.click(".zy-actions button[type=submit]")
    page.wait_for_selector(".zy-job")
    worker.drain()
    page.wait_for_selector("#result")
    batch = Import.objects.get()
    assert batch.status == ImportStatus.DONE
    assert batch.rows_accepted == 60
    assert batch.profile.name == "月度调研"
    assert errors == []


def test_file_is_imported_on_a_phone_without_scripts(
    phone: Any,
    log_in: Callable[..., None],
    live_server: Any,
    person_with: Callable[..., Person],
    file: Path,
) -> None:
    log_in(phone, person_with())
    phone.goto(f"{live_server.url}/listen/imports/new/")
    phone.set_input_files("#files", file)
    phone.click("#upload button[type=submit]")
    phone.wait_for_url(re.compile(r"/imports/\d+/preview/$"))
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    phone.click(".zy-actions a.btn-primary")
    phone.fill("#id_date", "2026-05-01")
    phone.click(".zy-actions button[type=submit]")
    phone.wait_for_url(re.compile(r"/review/$"))
    phone.click(".zy-actions button[type=submit]")
    worker.drain()
    phone.reload()
    assert "60" in phone.inner_text(".im-counts")


def test_too_large_file_is_told_before_it_is_sent(
    page: Any,
    log_in: Callable[..., None],
    live_server: Any,
    person_with: Callable[..., Person],
    file: Path,
    settings: Any,
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1 << 10
    log_in(page, person_with())
    page.goto(f"{live_server.url}/listen/imports/new/")
    page.set_input_files("#files", file)
    assert "调研.csv 超过" in page.inner_text("#upload-error")
    page.click("#upload button[type=submit]")
    assert page.url.endswith("/new/")
    assert Import.objects.count() == 0


@pytest.mark.real_data
def test_airport_survey_is_uploaded_in_the_browser(
    real_data_dir: Path,
    page: Any,
    log_in: Callable[..., None],
    live_server: Any,
    person_with: Callable[..., Person],
) -> None:
    log_in(page, person_with())
    page.goto(f"{live_server.url}/listen/imports/new/")
    page.set_input_files("#files", real_data_dir / "sfo_2017" / "sfo_2017.csv")
    page.click("#upload button[type=submit]")
    page.wait_for_url(re.compile(r"/imports/\d+/preview/$"))
    page.click(".zy-actions a.btn-primary")
    page.fill("#id_date", "2017-05-31")
    page.click(".zy-actions button[type=submit]")
    page.wait_for_url(re.compile(r"/review/$"))
    assert "2,746" in page.inner_text(".im-counts")
    page.click(".zy-actions button[type=submit]")
    page.wait_for_selector(".zy-job")
    worker.drain()
    page.wait_for_selector("#result")
    counts = page.inner_text(".im-counts")
    assert "2,746" in counts
    assert "85" in counts
    assert Import.objects.get().rows_accepted == 2746
