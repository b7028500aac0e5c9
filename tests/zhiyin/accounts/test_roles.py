"""Who may do what: the table in the guide is the table in the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from tests.conftest import ROOT
from zhiyin.accounts.models import PERMISSIONS, Permission, Role

GUIDE = ROOT / "docs" / "how-to" / "people-and-roles.md"


def documented() -> dict[str, set[str]]:
    """Read the guide's table: a row per permission, a column per role."""
    table = re.search(
        r"<!-- roles -->\n(.*?)<!-- /roles -->",
        GUIDE.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert table
    header, _rule, *lines = table.group(1).strip().splitlines()
    roles = [cell.strip().strip("`") for cell in header.strip("|").split("|")][2:]
    held: dict[str, set[str]] = {role: set() for role in roles}
    for line in lines:
        _words, code, *marks = [cell.strip() for cell in line.strip("|").split("|")]
        for role, mark in zip(roles, marks, strict=True):
            if mark == "●":
                held[role].add(code.strip("`"))
    return held


def test_the_guide_shows_what_each_role_may():
    assert documented() == {
        str(role): {str(each) for each in held} for role, held in PERMISSIONS.items()
    }


def test_every_role_of_the_requirements_is_there_in_their_order():
    assert Role.values == [
        "cx_manager",
        "researcher",
        "analyst",
        "dept_owner",
        "agent",
        "team_lead",
        "grid_manager",
        "retention",
        "planner",
        "executive",
        "kpi_admin",
        "sys_admin",
        "privacy_officer",
    ]
    assert set(PERMISSIONS) == set(Role)


def test_every_permission_is_held_by_somebody():
    held = frozenset().union(*PERMISSIONS.values())

    assert held == frozenset(Permission)


@pytest.mark.parametrize(
    ("keeper", "other"),
    [
        # Who runs the house reads no answers; who erases does not edit; who judges
        # results neither writes the questions nor learns who answered.
        (Permission.MANAGE_PEOPLE, Permission.SEE_RESPONSES),
        (Permission.ERASE_RESPONSES, Permission.EDIT_SURVEYS),
        (Permission.ERASE_RESPONSES, Permission.EXPORT_DATA),
    ],
)
def test_duties_are_kept_apart(keeper: Permission, other: Permission):
    for role, held in PERMISSIONS.items():
        assert not {keeper, other} <= held, role


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_role_and_permission_has_a_name_of_its_own(language: str):
    with translation.override(language):
        roles = [str(role.label) for role in Role]
        permissions = [str(each.label) for each in Permission]

    assert len(set(roles)) == len(roles)
    assert len(set(permissions)) == len(permissions)
    if language != "en":
        assert all(re.search("[一-鿿]", each) for each in roles + permissions)


def test_the_guide_is_where_the_code_says():
    for path in Path(ROOT / "src" / "zhiyin" / "accounts").rglob("*.py"):
        for named in re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8")):
            assert (ROOT / named).is_file(), (path, named)
