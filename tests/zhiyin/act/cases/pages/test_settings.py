"""What cases are run by is made, changed and deleted on pages of one shape."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from zhiyin.accounts.models import Organisation
from zhiyin.act.cases.models import Cause, Script

pytestmark = pytest.mark.django_db
RULES = "/act/cases/rules/"


def sent(client: Client, path: str, **changes: Any) -> dict[str, Any]:
    """Return what a page's form would send unchanged, and the changes."""
    form = client.get(path).context["form"]
    given = {field.html_name: field.value() for field in form}
    return {k: v for k, v in {**given, **changes}.items() if v not in (None, False)}


def test_scripts_and_causes_are_made_changed_and_deleted(
    as_manager: Client, rules: Organisation
) -> None:
    new = f"{RULES}scripts/new/"
    words = {"title_zh-hans": "安抚", "text_zh-hans": "先听客户讲完。"}
    empty = as_manager.post(new, {**words, "title_zh-hans": "", "order": "0"})
    assert "zy-error" in empty.content.decode()
    assert "先听客户讲完。" in empty.content.decode(), "what was typed stays"
    as_manager.post(new, {**words, "order": "0"})
    script = Script.objects.latest("pk")
    assert script.words == "先听客户讲完。"
    as_manager.post(f"{RULES}scripts/{script.pk}/delete/")
    assert not Script.objects.filter(pk=script.pk).exists()

    group = Cause.objects.filter(organisation=rules, level=2)[0]
    path = f"{RULES}causes/new/?under={group.pk}"
    as_manager.post(
        path, {"code": "X-1", "name_zh-hans": "光猫发热", "is_active": "on"}
    )
    cause = Cause.objects.get(code="X-1")
    assert (cause.parent, cause.level) == (group, 3)
    one = f"{RULES}causes/{cause.pk}/"
    change = {"name_zh-hans": "光猫过热"}
    as_manager.post(one, sent(as_manager, one, **change))
    cause.refresh_from_db()
    assert cause.names["zh-hans"] == "光猫过热"
