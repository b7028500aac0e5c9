"""The addresses of the pages and the API of cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.accounts.services import add_department
from zhiyin.act.cases.models import (
    Attachment,
    BulkAction,
    Case,
    CaseLevel,
    Cause,
    PriorityRule,
    Script,
)
from zhiyin.act.cases.services import (
    Matter,
    Pledge,
    ask_hand_over,
    make_promise,
    open_case,
)
from zhiyin.common import clock
from zhiyin.listen.customers.services import get_or_create_customer

SEE, WORK = Permission.SEE_CASES, Permission.WORK_CASES
LEAD, RULES = Permission.LEAD_CASES, Permission.EDIT_CASE_RULES


def a_level(home: Organisation) -> CaseLevel:
    rows = CaseLevel.objects.of(home)
    return rows.first() or CaseLevel.objects.create(
        organisation=home, code="P9", name=SECRET
    )


def the_case(home: Organisation) -> Case:
    level = a_level(home)
    customer = get_or_create_customer(organisation=home, key=SECRET)
    matter = Matter(summary=SECRET, customer=customer, level=level)
    return open_case(organisation=home, matter=matter, by=None)


def a_case(home: Organisation) -> dict[str, Any]:
    return {"pk": the_case(home).pk}


def an_api_case(home: Organisation) -> dict[str, Any]:
    return {"case_id": the_case(home).pk}


def an_api_hand_over(home: Organisation) -> dict[str, Any]:
    case = the_case(home)
    to = add_department(organisation=home, code=f"d{case.pk}", name=SECRET)
    made = ask_hand_over(case=case, to_department=to, reason=SECRET, by=None)
    return {"case_id": case.pk, "hand_over_id": made.pk}


def an_api_promise(home: Organisation) -> dict[str, Any]:
    case = the_case(home)
    pledge = Pledge(SECRET, clock.now() + dt.timedelta(1))
    made = make_promise(case=case, pledge=pledge, by=None)
    return {"case_id": case.pk, "promise_id": made.pk}


def an_act(home: Organisation) -> dict[str, Any]:
    return {"pk": the_case(home).pk, "act": "comment"}


def a_lead(home: Organisation) -> dict[str, Any]:
    return {"pk": the_case(home).pk, "act": "assign"}


def a_file(home: Organisation) -> dict[str, Any]:
    case = the_case(home)
    file = Attachment.objects.create(
        case=case, name=SECRET, kind="text/plain", size=1, path="none", at=clock.now()
    )
    return {"pk": case.pk, "file": file.pk}


def an_action(home: Organisation) -> dict[str, Any]:
    made = BulkAction.objects.create(organisation=home, at=clock.now(), kind=SECRET)
    return {"pk": made.pk}


def the_level(home: Organisation) -> dict[str, Any]:
    return {"pk": a_level(home).pk}


def a_rule(home: Organisation) -> dict[str, Any]:
    made = PriorityRule.objects.create(
        organisation=home, name=SECRET, level=a_level(home)
    )
    return {"pk": made.pk}


def a_cause(home: Organisation) -> dict[str, Any]:
    code = f"c{Cause.objects.count()}"
    names = {"zh-hans": SECRET}
    return {"pk": Cause.objects.create(organisation=home, code=code, names=names).pk}


def a_script(home: Organisation) -> dict[str, Any]:
    words = {"zh-hans": SECRET}
    return {"pk": Script.objects.create(organisation=home, title=words, text=words).pk}


register(
    Address("cases", SEE),
    Address(
        "cases-export",
        Permission.EXPORT_DATA,
        lambda _home: {"ending": "csv"},
        besides=SEE,
        is_own=True,
    ),
    Address("case-new", WORK),
    Address("case", SEE, a_case),
    Address("case-do", WORK, an_act),
    Address("case-lead", LEAD, a_lead),
    Address("case-file", SEE, a_file),
    Address("cases-bulk", LEAD),
    Address("cases-undo", WORK, an_action),
    Address("service-standards", SEE),
    Address("case-levels", RULES),
    Address("case-level-new", RULES),
    Address("case-level", RULES, the_level),
    Address("case-rules", RULES),
    Address("case-rule-new", RULES),
    Address("case-rule", RULES, a_rule),
    Address("case-rule-delete", RULES, a_rule),
    Address("case-causes", RULES),
    Address("case-cause-new", RULES),
    Address("case-cause", RULES, a_cause),
    Address("case-scripts", RULES),
    Address("case-script-new", RULES),
    Address("case-script", RULES, a_script),
    Address("case-script-delete", RULES, a_script),
    Address("case-settings", RULES),
    # Read by whoever sees cases, written by whoever works on them, at one address.
    Address("api-v1:list_cases", SEE),
    Address("api-v1:create_case", SEE),
    Address("api-v1:change_case", SEE, an_api_case),
    Address("api-v1:create_comment", SEE, an_api_case),
    Address("api-v1:get_case", SEE, an_api_case),
    Address("api-v1:list_comments", SEE, an_api_case),
    Address("api-v1:list_contacts", SEE, an_api_case),
    Address("api-v1:create_contact", SEE, an_api_case),
    Address("api-v1:list_hand_overs", SEE, an_api_case),
    Address("api-v1:create_hand_over", SEE, an_api_case),
    Address("api-v1:get_hand_over", SEE, an_api_hand_over),
    Address("api-v1:change_hand_over", SEE, an_api_hand_over),
    Address("api-v1:list_promises", SEE, an_api_case),
    Address("api-v1:create_promise", SEE, an_api_case),
    Address("api-v1:get_promise", SEE, an_api_promise),
    Address("api-v1:change_promise", SEE, an_api_promise),
    Address("api-v1:close_case", WORK, an_api_case),
)
