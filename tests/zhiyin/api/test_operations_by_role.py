"""Every operation of the API opens to the roles that hold its permission, no others."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.zhiyin.accounts.test_stranger import (
    DENIED,
    person_with_only,
    roles_let_in,
    telling_roles,
)
from tests.zhiyin.strangers import registered
from zhiyin.accounts.models import Organisation, Permission, Role
from zhiyin.site.api.assembly import api

pytestmark = pytest.mark.django_db

_P = Permission
# What a caller must hold; None lets in everybody who is logged in. Written down here
# apart from the code, so that a change at a door has to be meant.
OPENS: dict[str, Permission | None] = {
    "me": None,
    "ask": None,
    "read_approval": None,
    "channel_messages": _P.MANAGE_CHANNELS,
    "channel_returned_mail": _P.MANAGE_CHANNELS,
    "read_customers": _P.SEE_CUSTOMERS,
    "read_customer": _P.SEE_CUSTOMERS,
    "write_customers": _P.EDIT_CUSTOMERS,
    "erase": _P.ERASE_RESPONSES,
    "write_events": _P.IMPORT_RESPONSES,
    "write_consent": _P.EDIT_CUSTOMERS,
    "list_touchpoints": _P.SEE_SCORES,
    "list_programmes": _P.SEE_SCORES,
    "create_invitation": _P.EDIT_PROGRAMS,
    "list_invitations": _P.EDIT_PROGRAMS,
    "get_invitation": _P.EDIT_PROGRAMS,
    "withdraw_one": _P.EDIT_PROGRAMS,
    "create_response": _P.IMPORT_RESPONSES,
    "list_responses": _P.SEE_RESPONSES,
    "export_responses": _P.EXPORT_DATA,
    "get_response": _P.SEE_RESPONSES,
    "change_response": _P.IMPORT_RESPONSES,
    "create_feedback": _P.IMPORT_RESPONSES,
    "list_feedback": _P.SEE_RESPONSES,
    "list_surveys": _P.SEE_SCORES,
    "get_survey": _P.SEE_SCORES,
    "series": _P.SEE_SCORES,
    "score": _P.SEE_SCORES,
    "trend": _P.SEE_SCORES,
    "table": _P.SEE_SCORES,
    "compare": _P.SEE_SCORES,
    "metrics": _P.SEE_SCORES,
    "comments": _P.SEE_RESPONSES,
    "put_work_order": _P.WORK_CASES,
    "get_work_order": _P.SEE_CASES,
    "list_work_orders": _P.SEE_CASES,
    "list_alerts": _P.SEE_CASES,
    "read_alert_delay": _P.SEE_CASES,
    "read_alert": _P.SEE_CASES,
    "loop": _P.SEE_SCORES,
    "list_cases": _P.SEE_CASES,
    "create_case": _P.WORK_CASES,
    "get_case": _P.SEE_CASES,
    "change_case": _P.WORK_CASES,
    "list_comments": _P.SEE_CASES,
    "create_comment": _P.WORK_CASES,
    "list_contacts": _P.SEE_CASES,
    "create_contact": _P.WORK_CASES,
    "list_hand_overs": _P.SEE_CASES,
    "create_hand_over": _P.WORK_CASES,
    "get_hand_over": _P.SEE_CASES,
    "change_hand_over": _P.WORK_CASES,
    "list_promises": _P.SEE_CASES,
    "create_promise": _P.WORK_CASES,
    "get_promise": _P.SEE_CASES,
    "change_promise": _P.WORK_CASES,
    "close_case": _P.WORK_CASES,
}
# Providers sign what they send; they are nobody's account.
SIGNED = {"channel_callback", "channel_callback_check"}


def operations() -> dict[str, str]:
    """Return the method of every operation, by the operation's name."""
    found: dict[str, str] = {}
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                (method,) = operation.methods
                found[operation.view_func.__name__] = method
    return found


def test_every_operation_says_whom_it_opens_to():
    assert set(operations()) == set(OPENS) | SIGNED


def test_every_operation_opens_to_exactly_the_roles_of_its_permission(
    organisation: Organisation,
):
    clients = {role: Client() for role in Role}
    for role, client in clients.items():
        client.force_login(person_with_only(role, organisation))
    addresses, methods, wrong = registered(), operations(), []
    # All objects are made first: one operation may erase what another would show.
    paths = {name: addresses[f"api-v1:{name}"].path(organisation) for name in OPENS}
    for name, permission in OPENS.items():
        declared, path = roles_let_in([permission]), paths[name]
        # Who is kept out asks first: an open door may change what stands behind it.
        for role in sorted(telling_roles(declared), key=declared.__contains__):
            answer = clients[role].generic(
                methods[name], path, "{}", content_type="application/json"
            )
            let_in = answer.status_code != DENIED
            assert answer.status_code < 500, name
            if let_in != (role in declared):
                wrong.append(f"{methods[name]} {name}, {role}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)
