"""Writes of accounts: organisations, departments, people, and the audit log."""

from __future__ import annotations

from zhiyin.accounts.services.audit import (
    act_as,
    action_label,
    begin_audit,
    finish_audit,
    name_actions,
    record,
    record_request,
    recorded_so_far,
)
from zhiyin.accounts.services.audit_file import export_audit
from zhiyin.accounts.services.calls import KeyUsedError, answer_once
from zhiyin.accounts.services.credentials import (
    make_password_link,
    remove_second_step,
)
from zhiyin.accounts.services.department_files import (
    ImportedDepartments,
    departments_as_csv,
    import_departments,
    read_departments,
)
from zhiyin.accounts.services.departments import (
    add_department,
    change_department,
    deactivate_department,
    move_department,
    reactivate_department,
)
from zhiyin.accounts.services.erasure import erase_organisation, owned_models
from zhiyin.accounts.services.exports import (
    ApprovalNeededError,
    WantedExport,
    ask_approval,
    can_approve,
    count_waiting_approvals,
    decide_approval,
    expire_approvals,
    may_decide,
    open_export,
)
from zhiyin.accounts.services.invitations import (
    Invitee,
    SentInvitation,
    accept_invitation,
    invite_colleague,
    open_invitation,
    resend_invitation,
    withdraw_invitation,
)
from zhiyin.accounts.services.organisations import (
    change_export_limits,
    change_organisation,
    change_thresholds,
    create_organisation,
)
from zhiyin.accounts.services.people import (
    Grant,
    add_person,
    change_profile,
    deactivate_person,
    end_sessions,
    give_role,
    reactivate_person,
    take_role,
)
from zhiyin.accounts.services.tokens import (
    NewToken,
    TooManyCallsError,
    create_api_token,
    person_of_token,
    revoke_api_token,
    token_of,
)

__all__ = [
    "ApprovalNeededError",
    "Grant",
    "ImportedDepartments",
    "Invitee",
    "KeyUsedError",
    "NewToken",
    "SentInvitation",
    "TooManyCallsError",
    "WantedExport",
    "accept_invitation",
    "act_as",
    "action_label",
    "add_department",
    "add_person",
    "answer_once",
    "ask_approval",
    "begin_audit",
    "can_approve",
    "change_department",
    "change_export_limits",
    "change_organisation",
    "change_profile",
    "change_thresholds",
    "count_waiting_approvals",
    "create_api_token",
    "create_organisation",
    "deactivate_department",
    "deactivate_person",
    "decide_approval",
    "departments_as_csv",
    "end_sessions",
    "erase_organisation",
    "expire_approvals",
    "export_audit",
    "finish_audit",
    "give_role",
    "import_departments",
    "invite_colleague",
    "make_password_link",
    "may_decide",
    "move_department",
    "name_actions",
    "open_export",
    "open_invitation",
    "owned_models",
    "person_of_token",
    "reactivate_department",
    "reactivate_person",
    "read_departments",
    "record",
    "record_request",
    "recorded_so_far",
    "remove_second_step",
    "resend_invitation",
    "revoke_api_token",
    "take_role",
    "token_of",
    "withdraw_invitation",
]
