"""The addresses of questionnaires."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import create_standard_instrument, start_draft


def instrument(home: Organisation) -> Instrument:
    return create_standard_instrument(
        organisation=home,
        code=f"q-{secrets.token_hex(4)}",
        name=f"{SECRET} questionnaire",
    )


def an_instrument(home: Organisation) -> dict[str, Any]:
    return {"pk": instrument(home).pk}


def a_drafted_instrument(home: Organisation) -> dict[str, Any]:
    made = instrument(home)
    start_draft(instrument=made)
    return {"pk": made.pk}


EDIT = Permission.EDIT_SURVEYS

register(
    Address("surveys", EDIT),
    Address("survey-new", EDIT),
    Address("survey", EDIT, an_instrument),
    Address("survey-draft", EDIT, an_instrument),
    Address("survey-edit", EDIT, a_drafted_instrument),
    Address("survey-discard", EDIT, a_drafted_instrument),
    Address("survey-archive", EDIT, an_instrument),
)
