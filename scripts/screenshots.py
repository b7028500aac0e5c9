"""Draw the pictures of the documentation from a running demo operator.

Usage: `screenshots.py [--home FOLDER] [NAME ...]`. Without a folder the demo is made
in a temporary one and removed at the end. The server runs on a free port of the
loopback interface and is ended by its own process id.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from cxstats.simulate import export_survey_csv

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BIN = ROOT / ".venv" / "bin"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PERSON = "cx_manager@demo.example"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
STARTED_WITHIN_SECONDS = 120
SURVEY_ROWS = 400


@dataclass(frozen=True)
class Shot:
    """One picture: where to go, as whom, and what to do there first."""

    name: str
    go: Callable[[Page, Site], None]
    language: str = "zh-hans"
    color_scheme: str = "light"
    is_phone: bool = False
    is_staff: bool = True


@dataclass
class Site:
    """The running demo."""

    address: str
    home: Path
    sessions: dict[tuple[str, str, bool], BrowserContext] = field(default_factory=dict)

    @property
    def password(self) -> str:
        """Return the password of this demo's logins."""
        kept = json.loads((self.home / "demo.json").read_text(encoding="utf-8"))
        return str(kept["password"])


def at(path: str) -> Callable[[Page, Site], None]:
    """Go to a page and wait until its charts are drawn."""

    def go(page: Page, site: Site) -> None:
        page.goto(site.address + path, wait_until="networkidle")

    return go


def table_by(label: str) -> Callable[[Page, Site], None]:
    """Go to the table in the groups of one field, chosen by its name."""

    def go(page: Page, site: Site) -> None:
        page.goto(site.address + "/analyze/table/", wait_until="networkidle")
        page.select_option("select[name=by]", label=label)
        page.wait_for_url("**by=**")
        page.wait_for_load_state("networkidle")

    return go


def mapping(page: Page, site: Site) -> None:
    """Upload a file as an operator exports it, and stop at its columns."""
    file = export_survey_csv(site.home / "2026年第三季度调研.csv", rows=SURVEY_ROWS)
    page.goto(site.address + "/listen/imports/new/")
    page.set_input_files("input[name=files]", file)
    page.click("main button[type=submit]")
    page.wait_for_url("**/preview/")
    number = page.url.rstrip("/").split("/")[-2]
    page.goto(
        f"{site.address}/listen/imports/{number}/columns/", wait_until="networkidle"
    )


def answer(page: Page, site: Site) -> None:
    """Open the demo's survey as a customer does."""
    page.goto(site.address + public_path(page, site) + "?lang=zh-hans")


def follow_up(page: Page, site: Site) -> None:
    """Answer the first question and stop at what is asked next."""
    answer(page, site)
    page.click("button[value='9']")
    page.wait_for_url("**/more/**")


def public_path(page: Page, site: Site) -> str:
    """Read the public address of the demo's survey where its manager finds it."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("the browser has ended")
    staff = session(browser, site, SHOTS[0]).new_page()
    staff.goto(site.address + "/listen/links/", wait_until="networkidle")
    staff.click("main a[href^='/listen/links/']:not([href$='new/'])")
    address = staff.input_value("#address")
    staff.close()
    return "/" + address.split("/", maxsplit=3)[-1]


SHOTS = (
    Shot("home.zh-hans", at("/")),
    Shot("scores.zh-hans", at("/analyze/scores/")),
    Shot("table.zh-hans", table_by("省份")),
    Shot("compare.zh-hans", at("/analyze/compare/")),
    Shot("voices.zh-hans", at("/analyze/voices/")),
    Shot("queue.zh-hans", at("/act/cases/")),
    Shot("loop.zh-hans", at("/act/loop/")),
    Shot("import-columns.zh-hans", mapping),
    Shot("home-phone.zh-hans", at("/"), is_phone=True),
    Shot("answer-phone.zh-hans", answer, is_phone=True, is_staff=False),
    Shot("follow-up-phone.zh-hans", follow_up, is_phone=True, is_staff=False),
    Shot("scores-dark.zh-hans", at("/analyze/scores/"), color_scheme="dark"),
    Shot("home.en", at("/"), language="en"),
    Shot("scores.en", at("/analyze/scores/"), language="en"),
    Shot("table.en", table_by("省份"), language="en"),
    Shot("queue.en", at("/act/cases/"), language="en"),
    Shot("loop.en", at("/act/loop/"), language="en"),
)


def session(browser: Browser, site: Site, shot: Shot) -> BrowserContext:
    """Return a browser session of this look; staff are logged in."""
    key = (shot.color_scheme, "staff" if shot.is_staff else "", shot.is_phone)
    if key not in site.sessions:
        options: dict[str, Any] = {
            "viewport": PHONE if shot.is_phone else DESKTOP,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "color_scheme": shot.color_scheme,
            "reduced_motion": "reduce",
            "is_mobile": shot.is_phone,
            "device_scale_factor": 1,
        }
        context = browser.new_context(**options)
        site.sessions[key] = context
        if shot.is_staff:
            log_in(context, site)
    return site.sessions[key]


def log_in(context: BrowserContext, site: Site) -> None:
    """Log the demo's manager in through the login page."""
    page = context.new_page()
    page.goto(site.address + "/account/login/")
    page.fill("input[name=login]", PERSON)
    page.fill("input[name=password]", site.password)
    page.click("form [type=submit]:visible >> nth=-1")
    page.wait_for_url(site.address + "/")
    page.close()


def speak(page: Page, site: Site, language: str) -> None:
    """Choose the language in the top bar."""
    page.goto(site.address + "/settings/profile/")
    if page.get_attribute("html", "lang") != language:
        page.click("details.zy-menu >> nth=0")
        page.click(f"button[name=language][value={language}]")
        page.wait_for_selector(f"html[lang={language}]")


def draw(browser: Browser, site: Site, shot: Shot) -> str:
    """Draw one picture; return what went wrong, or nothing."""
    page = session(browser, site, shot).new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("response", lambda answer: faults.extend(fault_of(answer)))
    try:
        if shot.is_staff:
            speak(page, site, shot.language)
        shot.go(page, site)
        page.screenshot(path=IMAGES / f"{shot.name}.png")
    except Exception as error:  # noqa: BLE001 - every picture gets its turn.
        faults.append(str(error).splitlines()[0])
    finally:
        page.close()
    return "; ".join(faults)


def fault_of(answer: Any) -> list[str]:
    """Return a refused or failed request in words."""
    refused = answer.status >= 400  # noqa: PLR2004
    return [f"{answer.status} at {answer.url}"] if refused else []


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path) -> Iterator[Site]:
    """Serve the demo in a folder until the block ends."""
    environment = os.environ | {"ZHIYIN_HOME": str(home)}
    subprocess.run(
        [BIN / "zhiyin", "demo", "--prepare-only"], env=environment, check=True
    )
    port = free_port()
    server = subprocess.Popen(
        [BIN / "zhiyin", "serve", "--port", str(port)], env=environment
    )
    site = Site(f"http://127.0.0.1:{port}", home)
    try:
        wait_until_up(site.address)
        yield site
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=STARTED_WITHIN_SECONDS)


def wait_until_up(address: str) -> None:
    """Return once the login page answers."""
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/account/login/", timeout=30):  # noqa: S310
                return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(f"nothing answers at {address}")


def main() -> int:
    """Draw the pictures that were asked for; name those that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="keep the demo in this folder")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    wanted = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    IMAGES.mkdir(parents=True, exist_ok=True)
    home = options.home or Path(tempfile.mkdtemp(prefix="zhiyin-pictures-"))
    home.mkdir(parents=True, exist_ok=True)
    failed = 0
    try:
        with served(home) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=[
                    "--no-sandbox",
                    "--disable-background-networking",
                    "--lang=zh-CN",
                ],
                env={**os.environ, "LANGUAGE": "zh_CN"},
            )
            for shot in wanted:
                fault = draw(browser, site, shot)
                failed += bool(fault)
                print(f"{'FAILED ' if fault else 'ok     '} {shot.name} {fault}")
            browser.close()
    finally:
        if options.home is None:
            shutil.rmtree(home)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
