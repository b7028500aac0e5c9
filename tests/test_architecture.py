"""The shape of the house: what the import contracts and the linter cannot see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
LONGEST_FILE = 400
ROOMS = {
    "__init__", "models", "queries", "services", "forms", "views", "api", "tasks",
    "urls", "admin", "apps", "migrations", "templates", "management", "templatetags",
    "locale", "standard", "static",
}  # fmt: skip
# Rooms that one app has and the others do not need.
OWN_ROOMS = {
    "accounts": {"adapters", "middleware", "context"},
    # A seam, and a folder per kind of channel.
    "channels": {
        *("base", "registry", "email", "log", "sms", "webhook"),
        *("wechat", "wecom", "weixin"),
    },
}
APPS = sorted(
    path.parent
    for path in (SOURCE / "zhiyin").rglob("apps.py")
    if path.parent.name not in {"site", "common"}
)


def python_files() -> list[Path]:
    return [
        path
        for folder in ("src", "tests", "scripts", "bench")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def test_no_python_file_is_longer_than_the_limit() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_nothing_is_called_utils() -> None:
    names = {"utils.py", "helpers.py", "misc.py", "common_utils.py"}
    assert [path for path in python_files() if path.name in names] == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_app_has_the_same_rooms_as_every_other(app: Path) -> None:
    found = {
        path.stem if path.suffix == ".py" else path.name
        for path in app.iterdir()
        if path.suffix in {".py", ""} and path.name != "__pycache__"
    }
    assert found <= ROOMS | OWN_ROOMS.get(app.name, set())


def test_pages_load_nothing_from_elsewhere() -> None:
    outside = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""")
    offenders = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((SOURCE / "zhiyin").rglob("*.html"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if outside.search(line)
    ]
    assert offenders == []


def test_pages_carry_no_inline_script() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son\w+="
    )
    offenders = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((SOURCE / "zhiyin").rglob("*.html"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if inline.search(line)
    ]
    assert offenders == []


def test_nothing_is_left_to_be_done_later_in_code() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    offenders = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in python_files()
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if later.search(line)
    ]
    assert offenders == []


def test_claimed_requirements_are_written_in_their_form() -> None:
    claim = re.compile(r"requirement\(([^)]*)\)")
    wrong = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if path != Path(__file__).resolve()
        for text in claim.findall(path.read_text(encoding="utf-8"))
        if not re.fullmatch(r'\s*("R00\d-\d\d",?\s*)+', text)
    ]
    assert wrong == []
