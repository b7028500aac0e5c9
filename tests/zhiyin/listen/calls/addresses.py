"""The addresses of call centres."""

from __future__ import annotations

from typing import Any

from tests.zhiyin.listen.programs.addresses import link
from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.listen.calls.models import IvrSource
from zhiyin.listen.calls.services import save_source


def source(home: Organisation) -> IvrSource:
    made = IvrSource(organisation=home, name=f"{SECRET} source", link=link(home))
    save_source(source=made)
    return made


def a_source(home: Organisation) -> dict[str, Any]:
    return {"pk": source(home).pk}


def a_code(home: Organisation) -> dict[str, Any]:
    return {"code": source(home).code}


EDITS = Permission.EDIT_SURVEYS

register(
    Address("ivr-hook", public="call centres sign what they send", kwargs=a_code),
    Address("ivr-sources", EDITS),
    Address("ivr-source-new", EDITS),
    Address("ivr-source", EDITS, a_source),
    Address("ivr-source-edit", EDITS, a_source),
    Address("ivr-source-renew", EDITS, a_source),
    Address("ivr-source-delete", EDITS, a_source),
)
