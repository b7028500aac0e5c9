"""The addresses of alerts."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.common import clock


def rule(home: Organisation) -> AlertRule:
    return AlertRule.objects.create(
        organisation=home,
        code=secrets.token_hex(6),
        name=SECRET,
        condition={"fact": "class", "op": "is", "value": "detractor"},
    )


def a_rule(home: Organisation) -> dict[str, Any]:
    return {"pk": rule(home).pk}


def alert(home: Organisation, **given: Any) -> Alert:
    now = clock.now()
    return Alert.objects.create(
        organisation=home,
        rule=rule(home),
        key=secrets.token_hex(8),
        raised_at=now,
        last_hit_at=now,
        **given,
    )


def an_alert(home: Organisation) -> dict[str, Any]:
    return {"pk": alert(home).pk}


def a_dismissed_alert(home: Organisation) -> dict[str, Any]:
    return {"pk": alert(home, dismissed_at=clock.now()).pk}


def alert_number(home: Organisation) -> dict[str, Any]:
    return {"number": alert(home).pk}


register(
    Address("alerts", Permission.SEE_CASES),
    Address("alert", Permission.SEE_CASES, an_alert),
    Address("alert-dismiss", Permission.WORK_CASES, an_alert),
    Address("alert-restore", Permission.WORK_CASES, a_dismissed_alert),
    Address("alert-rules", Permission.EDIT_CASE_RULES),
    Address("alert-rules-standard", Permission.EDIT_CASE_RULES),
    Address("alert-rule-new", Permission.EDIT_CASE_RULES),
    Address("alert-rule", Permission.EDIT_CASE_RULES, a_rule),
    Address("alert-rule-edit", Permission.EDIT_CASE_RULES, a_rule),
    Address("alert-rule-on", Permission.EDIT_CASE_RULES, a_rule),
    Address("alert-rule-off", Permission.EDIT_CASE_RULES, a_rule),
    Address("alert-rule-delete", Permission.EDIT_CASE_RULES, a_rule),
    Address("api-v1:list_alerts", Permission.SEE_CASES),
    Address("api-v1:read_alert_delay", Permission.SEE_CASES),
    Address("api-v1:read_alert", Permission.SEE_CASES, alert_number),
)
