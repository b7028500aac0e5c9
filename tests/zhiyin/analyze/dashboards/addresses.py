"""The addresses of analysis: pages, exports, charts, saved views and the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission, Role
from zhiyin.accounts.services import add_person
from zhiyin.analyze.dashboards.services import save_view


def a_view(home: Organisation) -> dict[str, Any]:
    owner = add_person(
        organisation=home,
        email=f"keeper@home{home.pk}.example",
        name="保存者",
        roles=[Role.CX_MANAGER],
    )
    view = save_view(
        person=owner,
        name=f"{SECRET} view",
        page="scores",
        query="",
        is_shared=True,
    )
    return {"pk": view.pk}


def ending(**given: str) -> Callable[[Organisation], dict[str, Any]]:
    return lambda _home: given


SCORES = Permission.SEE_SCORES

register(
    Address("home"),
    Address("unasked", Permission.SEE_RESPONSES),
    Address("scores", SCORES),
    Address("compare", SCORES),
    Address("table", SCORES),
    Address("voices", Permission.SEE_RESPONSES),
    Address("export", Permission.EXPORT_DATA, ending(kind="scores", ending="csv")),
    Address("trend_chart", SCORES, ending(ending="svg")),
    Address("save_view", SCORES),
    Address("delete_view", SCORES, a_view),
    Address("api-v1:series", SCORES),
    Address("api-v1:score", SCORES),
    Address("api-v1:trend", SCORES),
    Address("api-v1:table", SCORES),
    Address("api-v1:compare", SCORES),
    Address("api-v1:metrics", SCORES),
    Address("api-v1:comments", Permission.SEE_RESPONSES),
)
