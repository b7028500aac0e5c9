"""The addresses of accounts, and of the site's own pages."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import (
    Approval,
    ColleagueInvitation,
    Content,
    Department,
    Organisation,
    Permission,
    Person,
    Role,
)
from zhiyin.accounts.services import (
    Grant,
    Invitee,
    add_department,
    add_person,
    create_api_token,
    invite_colleague,
)
from zhiyin.common import clock


def person(home: Organisation) -> Person:
    return add_person(
        organisation=home,
        email=f"{secrets.token_hex(6)}@{home.code}.example",
        name=f"{SECRET} person",
        roles=[Role.AGENT],
    )


def role_of_person(home: Organisation) -> dict[str, Any]:
    whom = person(home)
    return {"pk": whom.pk, "assignment": whom.role_assignments.get().pk}


def department(home: Organisation) -> Department:
    return add_department(
        organisation=home,
        code=secrets.token_hex(6),
        name=f"{SECRET} department",
    )


def invitation(home: Organisation) -> ColleagueInvitation:
    invitee = Invitee(
        f"{secrets.token_hex(6)}@{home.code}.example",
        f"{SECRET} colleague",
        Grant(Role.ANALYST),
    )
    sent = invite_colleague(by=person(home), invitee=invitee, link_for=str)
    return sent.invitation


def a_person(home: Organisation) -> dict[str, Any]:
    return {"pk": person(home).pk}


def a_department(home: Organisation) -> dict[str, Any]:
    return {"pk": department(home).pk}


def an_invitation(home: Organisation) -> dict[str, Any]:
    return {"pk": invitation(home).pk}


def a_token(home: Organisation) -> dict[str, Any]:
    made = create_api_token(person=person(home), name=f"{SECRET} token")
    return {"pk": made.token.pk}


def an_approval(home: Organisation) -> dict[str, Any]:
    now = clock.now()
    made = Approval.objects.create(
        organisation=home,
        kind="customer.listed",
        content=Content.CLEAR,
        rows=1,
        digest="",
        method="GET",
        asked_by=person(home),
        reason=f"{SECRET} reason",
        asked_at=now,
        expires_at=now + dt.timedelta(hours=1),
    )
    return {"pk": made.pk}


def an_approval_called(home: Organisation) -> dict[str, Any]:
    return {"approval_id": an_approval(home)["pk"]}


def a_worthless_token(_home: Organisation) -> dict[str, Any]:
    return {"token": "no-such-token"}


def a_worthless_key(_home: Organisation) -> dict[str, Any]:
    return {"uidb36": "1", "key": "no-such-key"}


PEOPLE = Permission.MANAGE_PEOPLE
TREE = Permission.MANAGE_DEPARTMENTS
LOGIN = "who is not logged in must be able to log in"

register(
    Address("people", PEOPLE),
    Address("person", PEOPLE, a_person),
    Address("remove_role", PEOPLE, role_of_person),
    Address("deactivate_person", PEOPLE, a_person),
    Address("reactivate_person", PEOPLE, a_person),
    Address("log_person_out", PEOPLE, a_person),
    Address("lost_second_step", PEOPLE, a_person),
    Address("password_link", PEOPLE, a_person),
    Address("invite", PEOPLE),
    Address("invitations", PEOPLE),
    Address("resend_invitation", PEOPLE, an_invitation),
    Address("withdraw_invitation", PEOPLE, an_invitation),
    Address("departments", TREE),
    Address("add_department", TREE),
    Address("import_departments", TREE),
    Address("export_departments", TREE),
    Address("department", TREE, a_department),
    Address("move_department", TREE, a_department),
    Address("deactivate_department", TREE, a_department),
    Address("reactivate_department", TREE, a_department),
    Address(
        "organisation",
        (Permission.MANAGE_ORGANISATION, Permission.EDIT_METRICS),
    ),
    Address("thresholds", Permission.EDIT_METRICS),
    Address("approvals"),
    Address("ask_approval"),
    Address("approval", kwargs=an_approval),
    Address("decide_approval", Permission.APPROVE_REQUESTS, an_approval),
    Address("exports", (Permission.MANAGE_PRIVACY, Permission.SEE_AUDIT)),
    Address("export_limits", Permission.MANAGE_PRIVACY),
    Address("audit", Permission.SEE_AUDIT),
    Address("export_audit", Permission.EXPORT_AUDIT),
    Address("audit_chain", Permission.SEE_AUDIT),
    Address("audit_proof", Permission.EXPORT_AUDIT),
    Address("profile"),
    Address("end_my_sessions"),
    Address("welcome"),
    Address("tokens"),
    Address("revoke_token", kwargs=a_token),
    Address("set_language", public="a language is chosen before login"),
    Address("accept_invitation", public=LOGIN, kwargs=a_worthless_token),
    Address("account_root", public="leads to the profile, which asks for a login"),
    Address("account_email", public="leads to the profile, which asks for a login"),
    Address("account_login", public=LOGIN),
    Address("account_logout", public=LOGIN),
    Address("account_inactive", public=LOGIN),
    Address("account_signup", public="says that there is no sign-up"),
    Address("account_reset_password", public=LOGIN),
    Address("account_reset_password_done", public=LOGIN),
    Address("account_reset_password_from_key", public=LOGIN, kwargs=a_worthless_key),
    Address("account_reset_password_from_key_done", public=LOGIN),
    Address("account_reauthenticate"),
    Address("account_change_password"),
    Address("account_set_password"),
    Address("mfa_authenticate", public=LOGIN),
    Address("mfa_index"),
    Address("mfa_reauthenticate"),
    Address("mfa_activate_totp"),
    Address("mfa_deactivate_totp"),
    Address("mfa_view_recovery_codes"),
    Address("mfa_generate_recovery_codes"),
    Address("mfa_download_recovery_codes"),
    Address("api_reference"),
    Address("api-v1:me"),
    Address("api-v1:ask"),
    Address("api-v1:read_approval", kwargs=an_approval_called),
    Address("api-v1:api-root", public="answers that nothing is there"),
    Address("api-v1:openapi-json", public="describes the API, holds no data"),
)
