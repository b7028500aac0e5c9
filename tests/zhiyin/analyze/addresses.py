"""The addresses of Analyze: the lake, the metric dictionary, the dashboards."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.zhiyin.accounts.addresses import person
from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.analyze.dashboards.models import SavedView
from zhiyin.analyze.metrics.models import ChangeMarker


def a_marker(home: Organisation) -> dict[str, Any]:
    marker = ChangeMarker.objects.create(
        organisation=home,
        on=dt.date(2026, 3, 1),
        label=f"{SECRET} marker",
    )
    return {"pk": marker.pk}


def a_saved_view(home: Organisation) -> dict[str, Any]:
    view = SavedView.objects.create(
        organisation=home,
        person=person(home),
        name=f"{SECRET} view",
        page="scores",
        is_shared=True,
    )
    return {"pk": view.pk}


def the_nps(_home: Organisation) -> dict[str, Any]:
    return {"code": "nps"}


def a_file(_home: Organisation) -> dict[str, Any]:
    return {"kind": "scores", "ending": "csv"}


def a_picture(_home: Organisation) -> dict[str, Any]:
    return {"ending": "svg"}


SCORES = Permission.SEE_SCORES
OPERATIONS = Permission.SEE_OPERATIONS

register(
    Address("home"),
    Address("scores", SCORES),
    Address("compare", SCORES),
    Address("table", SCORES),
    Address("voices", Permission.SEE_RESPONSES),
    Address("export", Permission.EXPORT_DATA, a_file, is_own=True),
    Address("trend_chart", SCORES, a_picture, is_own=True),
    Address("save_view", SCORES),
    Address("delete_view", SCORES, a_saved_view),
    Address("metrics", SCORES),
    Address("metric", SCORES, the_nps, is_own=True),
    Address("markers", Permission.EDIT_MARKERS),
    Address("remove_marker", Permission.EDIT_MARKERS, a_marker),
    Address("lake", OPERATIONS),
    Address("lake_sync", OPERATIONS),
    Address("lake_rebuild", OPERATIONS),
    Address("api-v1:series", SCORES),
    Address("api-v1:score", SCORES),
    Address("api-v1:trend", SCORES),
    Address("api-v1:compare", SCORES),
    Address("api-v1:table", SCORES),
    Address("api-v1:metrics", SCORES),
    Address("api-v1:comments", Permission.SEE_RESPONSES),
)
