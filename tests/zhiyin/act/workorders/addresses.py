"""The addresses of work orders."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.act.cases.addresses import the_case
from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.act.workorders.models import WorkOrder, WorkOrderSystem
from zhiyin.common import clock

SEE, WORK = Permission.SEE_CASES, Permission.WORK_CASES
RULES, EXPORT = Permission.EDIT_CASE_RULES, Permission.EXPORT_DATA


def system(home: Organisation) -> WorkOrderSystem:
    return WorkOrderSystem.objects.create(
        organisation=home,
        code=secrets.token_hex(6),
        name=SECRET,
        is_live=True,
        live_since=clock.now(),
        created_at=clock.now(),
    )


def a_system(home: Organisation) -> dict[str, Any]:
    return {"pk": system(home).pk}


def order(home: Organisation) -> WorkOrder:
    return WorkOrder.objects.create(
        organisation=home,
        system=system(home),
        case=the_case(home),
        external_id=SECRET,
        created_at=clock.now(),
    )


def an_order(home: Organisation) -> dict[str, Any]:
    return {"pk": order(home).pk}


def an_order_called(home: Organisation) -> dict[str, Any]:
    made = order(home)
    return {"system": made.system.code, "external_id": made.external_id}


register(
    Address("workorders", SEE),
    Address("workorder", SEE, an_order),
    Address("workorder-seen", WORK, an_order),
    Address("workorder-systems", RULES),
    Address("workorder-system-new", RULES),
    Address("workorder-system", RULES, a_system),
    Address("workorder-system-edit", RULES, a_system),
    Address("workorder-system-live", RULES, a_system, besides=EXPORT),
    Address("workorder-system-delete", RULES, a_system),
    Address("api-v1:list_work_orders", SEE),
    Address("api-v1:get_work_order", SEE, an_order_called),
    Address("api-v1:put_work_order", SEE, an_order_called),
)
