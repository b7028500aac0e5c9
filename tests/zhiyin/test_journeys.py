"""The first loop in a browser: from a file, and from a phone, to the dashboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.zhiyin.conftest import PASSWORD
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.common import worker
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.browser

LogIn = Callable[[Any, Person], None]
MakePerson = Callable[..., Person]


@pytest.fixture(autouse=True)
def lake_root(settings: Any, tmp_path: Path) -> Path:
    settings.LAKE_ROOT = tmp_path / "lake"
    return settings.LAKE_ROOT


@pytest.fixture
def errors(page: Any) -> list[str]:
    """What goes wrong in the page's scripts, for the test to find none."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "console",
        lambda line: found.append(line.text) if line.type == "error" else None,
    )
    return found


def survey_file(folder: Path) -> Path:
    """Write a survey as people have it: Chinese headers, GB18030, a blank code."""
    lines = ["推荐意愿,意见,省份"]
    for at in range(220):
        region = "东" if at % 2 else "西"
        score = (10, 9, 10, 8, 3)[at % 5] if region == "东" else (2, 5, 8, 9, 0)[at % 5]
        words = f"第{at}次办理，上网很快" if score >= 9 else f"信号太差，已报修{at}次"
        lines.append(f"{score},{words},{region}")
    lines += ["11,,东"] * 4
    path = folder / "二季度调研.csv"
    path.write_bytes("\n".join(lines).encode("gb18030"))
    return path


def import_file(page: Any, path: Path) -> None:
    """Go from the empty home through all steps of an import."""
    assert "还没有答卷" in page.inner_text("main")
    page.click(".zy-empty a.btn-primary")
    page.set_input_files("#files", path)
    page.click("#upload button[type=submit]")
    page.wait_for_url(re.compile(r"/preview/$"))
    page.click(".zy-actions a.btn-primary")
    page.fill("#id_date", "2026-05-10")
    page.click(".zy-actions button[type=submit]")
    page.wait_for_url(re.compile(r"/review/$"))
    page.click(".zy-actions button[type=submit]")
    page.wait_for_selector(".zy-job")
    worker.drain()
    page.wait_for_selector("#result")


def read_score_and_table(page: Any) -> None:
    """Read the score, turn to the regions, and open the lower one."""
    # East: 3 of 5 promoters and 1 of 5 detractors; West: 1 and 3.
    assert page.inner_text(".zy-score-value").split()[0] == "0"
    assert page.inner_text(".zy-score-n").startswith("n 220")
    page.wait_for_selector("figure.zy-chart svg")
    assert "关系型NPS" in page.inner_text("figure.zy-chart")
    assert page.locator("a.zy-strip-column").count() == 7
    page.click(".zy-card-actions >> text=分组查看")
    page.select_option("select[name=by]", label="省份")
    page.wait_for_url(re.compile("by=a_"))
    rows = page.locator(".zy-table tbody tr")
    assert rows.count() == 2
    assert "偏高" in rows.nth(0).inner_text()
    assert "偏低" in rows.nth(1).inner_text()
    rows.nth(1).locator("th a").click()
    page.wait_for_url(re.compile("/analyze/scores/"))


def read_voices(page: Any) -> None:
    """Go to the customers behind the score, search, and take the list along."""
    page.click(".zy-behind")
    page.wait_for_selector(".zy-quote")
    page.fill("input[name=words]", "信号")
    page.press("input[name=words]", "Enter")
    page.wait_for_url(re.compile("words="))
    assert page.locator(".zy-quote").count() == 30
    assert "信号太差" in page.inner_text(".zy-quote >> nth=0")
    with page.expect_download() as handed_out:
        page.click("summary:has-text('导出')")
        page.click(".zy-menu-body >> text=XLSX")
    name = handed_out.value.suggested_filename
    assert re.fullmatch(r"zhiyin-voices-E000001-\d{8}-\w+\.xlsx", name), name


@pytest.mark.requirement("R000-20", "R000-08")
def test_first_login_import_and_dashboard(
    page: Any, log_in: LogIn, live_server: Any, person_with: MakePerson,
    tmp_path: Path, errors: list[str],
) -> None:  # fmt: skip
    log_in(page, person_with())
    import_file(page, survey_file(tmp_path))
    page.goto(f"{live_server.url}/analyze/scores/?period=all")
    read_score_and_table(page)
    assert page.inner_text(".zy-score-n").startswith("n 110")
    chips = page.inner_text(".zy-filters")
    assert "省份: 西" in chips
    page.reload()
    assert page.inner_text(".zy-filters") == chips
    read_voices(page)
    assert errors == []


@pytest.mark.requirement("R001-32", "R001-35")
def test_answer_from_a_phone_is_seen_on_the_dashboard(
    page: Any, phone: Any, log_in: LogIn, live_server: Any, person_with: MakePerson,
    organisation: Organisation,
) -> None:  # fmt: skip
    instrument = create_standard_instrument(organisation=organisation)
    link = create_link(organisation=organisation, instrument=instrument, name="官网")
    for at in range(30):
        receive_response(link=link, given=GivenResponse(score=10 if at % 2 else 2))
    worker.drain()
    log_in(page, person_with())
    page.goto(f"{live_server.url}/analyze/scores/")
    assert page.inner_text(".zy-score-n").startswith("n 30")

    phone.goto(f"{live_server.url}/s/{link.slug}/")
    # Faster than a person can read, an answer is kept out of numbers as spam.
    phone.wait_for_timeout(1000)
    phone.get_by_role("button", name="3", exact=True).click()
    phone.get_by_label("请告诉我们发生了什么。").fill("地下室没有信号")
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_url("**/thanks/**")
    worker.drain()

    page.reload()
    assert page.inner_text(".zy-score-n").startswith("n 31")
    assert page.inner_text(".zy-score-value").split()[0] == "−3"
    assert "地下室没有信号" in page.inner_text("main")
    page.goto(f"{live_server.url}/")
    assert "31" in page.inner_text(".zy-waiting")
    assert "地下室没有信号" in page.inner_text(".zy-home-words")


def test_stranger_from_another_organisation_sees_nothing(
    page: Any, log_in: LogIn, live_server: Any, person_with: MakePerson,
    organisation: Organisation, other_organisation: Organisation,
) -> None:  # fmt: skip
    instrument = create_standard_instrument(organisation=organisation)
    link = create_link(organisation=organisation, instrument=instrument, name="官网")
    for _ in range(120):
        given = GivenResponse(score=9, comment="华星机密原话")
        receive_response(link=link, given=given)
    worker.drain()
    stranger = person_with(Role.CX_MANAGER, organisation=other_organisation)
    log_in(page, stranger)
    series = "relationship.nps.NPS_REL.0~10~6~9"
    for path in ("/", "/analyze/scores/", "/analyze/table/", "/analyze/compare/",
                 "/analyze/voices/", f"/analyze/voices/?q={series}"):  # fmt: skip
        page.goto(f"{live_server.url}{path}")
        text = page.inner_text("main")
        assert "华星机密原话" not in text
        assert "120" not in text
        assert page.locator(".zy-score-value").count() == 0
    fetch = page.request
    assert fetch.get(f"{live_server.url}/analyze/trend.json").json() == {}
    assert fetch.get(f"{live_server.url}/analyze/trend.png").status == 404
    assert fetch.get(f"{live_server.url}/analyze/scores.csv").status == 404
    assert fetch.get(f"{live_server.url}/analyze/voices.xlsx").status == 404
    listed = fetch.get(f"{live_server.url}/api/v1/series").json()
    assert listed["series"] == []
    for call in ("scores", "scores/trend", "scores/table?by=wave", "comments"):
        answer = fetch.get(f"{live_server.url}/api/v1/{call}")
        assert answer.status in {404, 422}
        assert "华星" not in json.dumps(answer.json(), ensure_ascii=False)

    insider = person_with(Role.CX_MANAGER)
    page.context.clear_cookies()
    log_in(page, insider)
    page.goto(f"{live_server.url}/analyze/voices/")
    assert "华星机密原话" in page.inner_text("main")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_pages_of_analysis_fit_the_screen_and_work_by_keyboard(
    browser: Any, live_server: Any, person_with: MakePerson,
    organisation: Organisation, width: int, theme: str,
) -> None:  # fmt: skip
    instrument = create_standard_instrument(organisation=organisation)
    link = create_link(organisation=organisation, instrument=instrument, name="官网")
    for at in range(120):
        given = GivenResponse(score=at % 11, comment="很长的原话" * 40)
        receive_response(link=link, given=given)
    worker.drain()
    person = person_with(theme=theme)
    context = browser.new_context(viewport={"width": width, "height": 844})
    screen = context.new_page()
    screen.goto(f"{live_server.url}/account/login/")
    screen.fill("input[name=login]", person.email)
    screen.fill("input[name=password]", PASSWORD)
    screen.click("button[type=submit]")
    screen.wait_for_url(f"{live_server.url}/")
    for path in ("/", "/analyze/scores/", "/analyze/table/", "/analyze/compare/",
                 "/analyze/voices/", "/analyze/metrics/", "/analyze/metrics/rnps/",
                 "/analyze/metrics/markers/"):  # fmt: skip
        screen.goto(f"{live_server.url}{path}")
        wide = screen.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path
        assert screen.get_attribute("html", "data-bs-theme") == theme
    screen.goto(f"{live_server.url}/analyze/scores/")
    screen.focus("#content")
    reached = []
    for _ in range(30):
        screen.keyboard.press("Tab")
        reached.append(screen.evaluate("document.activeElement.className"))
    assert any("zy-chip" in name for name in reached)
    assert any("zy-strip-column" in name for name in reached)
    context.close()
