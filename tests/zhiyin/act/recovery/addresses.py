"""The addresses of recovery."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.act.cases.addresses import the_case
from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.act.cases.models import Cause
from zhiyin.act.recovery.models import Praise
from zhiyin.common import clock
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.services import create_standard_instrument


def a_file(_home: Organisation) -> dict[str, Any]:
    return {"ending": "csv"}


def a_cause(home: Organisation) -> dict[str, Any]:
    code = secrets.token_hex(4)
    names = {"en": f"{SECRET} cause"}
    cause = Cause.objects.create(organisation=home, code=code, names=names)
    return {"pk": cause.pk}


def a_case(home: Organisation) -> dict[str, Any]:
    return {"pk": the_case(home).pk}


def some_praise(home: Organisation) -> dict[str, Any]:
    code = f"nps-{secrets.token_hex(4)}"
    instrument = create_standard_instrument(
        organisation=home, standard="nps-transactional", code=code
    )
    now = clock.now()
    response = Response.objects.create(
        organisation=home, instrument_version=instrument.versions.get(),
        responded_at=now, stream="transactional", comment=f"{SECRET} praise",
    )  # fmt: skip
    praise = Praise.objects.create(
        organisation=home, response=response, employee=f"{SECRET} E7", said_at=now
    )
    return {"pk": praise.pk}


RULES = Permission.EDIT_CASE_RULES

register(
    Address("loop", Permission.SEE_SCORES),
    Address("loop-export", Permission.EXPORT_DATA, a_file, is_own=True),
    Address("praise", Permission.SEE_CASES),
    Address("praise-name", Permission.LEAD_CASES, some_praise),
    Address("closing-texts", RULES),
    Address("closing-text-other", RULES),
    Address("closing-text", RULES, a_cause),
    Address("cause-news", RULES),
    Address("loop-settings", RULES),
    Address("case-telling", Permission.WORK_CASES, a_case),
    Address("api-v1:loop", Permission.SEE_SCORES),
)
