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


def a_version(home: Organisation) -> dict[str, Any]:
    return {"pk": instrument(home).versions.get().pk}


def a_page(home: Organisation) -> dict[str, Any]:
    return {**a_drafted_instrument(home), "number": 1}


def an_item(home: Organisation) -> dict[str, Any]:
    return {**a_drafted_instrument(home), "code": "nps"}


def an_act(home: Organisation) -> dict[str, Any]:
    return {**an_item(home), "action": "duplicate"}


EDIT = Permission.EDIT_SURVEYS

register(
    Address("surveys", EDIT),
    Address("survey-new", EDIT),
    Address("survey", EDIT, an_instrument),
    Address("survey-draft", EDIT, an_instrument),
    Address("survey-import", EDIT),
    Address("version-preview", EDIT, a_version),
    Address("survey-compare", EDIT, an_instrument),
    Address("survey-export", EDIT, an_instrument),
    *(
        Address(name, EDIT, a_drafted_instrument)
        for name in (
            "survey-edit",
            "survey-settings",
            "survey-quotas",
            "survey-texts",
            "survey-item-add",
            "survey-item-undo",
            "survey-page-add",
            "survey-publish",
            "survey-discard",
        )
    ),
    Address("survey-page-save", EDIT, a_page),
    Address("survey-page-merge", EDIT, a_page),
    Address("survey-item-save", EDIT, an_item),
    Address("survey-item-act", EDIT, an_act),
    Address("survey-archive", EDIT, an_instrument),
)
