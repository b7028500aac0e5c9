"""The addresses of data quality."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.common import clock
from zhiyin.listen.quality.models import (
    AuditCase,
    AuditSample,
    CleaningRun,
    WeightingRun,
)
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.services import create_standard_instrument

DAYS = {"since": dt.date(2026, 11, 1), "until": dt.date(2026, 11, 30)}


def a_run(home: Organisation) -> dict[str, Any]:
    made = CleaningRun.objects.create(
        organisation=home, error=SECRET, created_at=clock.now(), state="failed", **DAYS
    )
    return {"pk": made.pk}


def a_turn(home: Organisation) -> dict[str, Any]:
    return {**a_run(home), "what": "undo"}


def a_weighting(home: Organisation) -> dict[str, Any]:
    made = WeightingRun.objects.create(
        organisation=home, name=SECRET, created_at=clock.now()
    )
    return {"pk": made.pk}


def a_sample(home: Organisation) -> dict[str, Any]:
    made = AuditSample.objects.create(
        organisation=home, name=SECRET, share=1, created_at=clock.now(), **DAYS
    )
    return {"pk": made.pk}


def a_case(home: Organisation) -> dict[str, Any]:
    create_standard_instrument(organisation=home)
    response = Response.objects.create(
        organisation=home,
        instrument_version=InstrumentVersion.objects.filter(
            instrument__organisation=home
        ).latest("pk"),
        responded_at=clock.now(),
        stream="relationship",
    )
    sample = a_sample(home)
    made = AuditCase.objects.create(sample_id=sample["pk"], response=response)
    return {**sample, "case": made.pk}


CLEANS = Permission.EXCLUDE_RESPONSES

register(
    Address("cleaning", CLEANS),
    Address("cleaning-run", CLEANS, a_run),
    Address("cleaning-turn", CLEANS, a_turn),
    Address("cleaning-export", CLEANS, a_run),
    Address("representativeness", CLEANS),
    Address("weighting-undo", CLEANS, a_weighting),
    Address("audits", CLEANS),
    Address("audit-sample", CLEANS, a_sample),
    Address("audit-case", CLEANS, a_case),
)
