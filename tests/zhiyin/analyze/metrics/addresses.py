"""The addresses of the metric dictionary and of the marks on the trends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.analyze.metrics.models import ChangeMarker


def a_metric(_home: Organisation) -> dict[str, Any]:
    """Return a metric that nobody has: the dictionary itself is everybody's.

    What an organisation notes in it is tested in `test_dictionary`.
    """
    return {"code": "unknown"}


def a_marker(home: Organisation) -> dict[str, Any]:
    marker = ChangeMarker.objects.create(
        organisation=home, on=dt.date(2026, 5, 1), label=f"{SECRET} marker"
    )
    return {"pk": marker.pk}


register(
    Address("metrics", Permission.SEE_SCORES),
    Address("metric", Permission.SEE_SCORES, a_metric),
    Address("markers", Permission.EDIT_MARKERS),
    Address("remove_marker", Permission.EDIT_MARKERS, a_marker),
)
