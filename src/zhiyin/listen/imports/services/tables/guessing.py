"""What the columns of a file of customers or events seem to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zhiyin.common import clock
from zhiyin.listen.imports.models import (
    ColumnRule,
    Import,
    ImportKind,
    ImportMapping,
    ImportStatus,
    TableRole,
)
from zhiyin.listen.imports.models.mappings import plain
from zhiyin.listen.imports.models.tables import REPEATABLE_ROLES
from zhiyin.listen.imports.services.checking import columns_by_name
from zhiyin.listen.imports.services.times import order_of

_R = TableRole
_I = re.IGNORECASE
# The first that fits and is still free is taken, in the order of the columns.
_CUSTOMER_WORDS: tuple[tuple[TableRole, re.Pattern[str]], ...] = (
    (
        _R.CUSTOMER,
        re.compile(
            r"^(customer|subscriber|user|member|account)?[_ ]?(key|id|no|number)$"
            r"|^customer$|客户(编号|标识|号|id)|用户(编号|标识|号码|id)|会员号|客戶編號",
            _I,
        ),
    ),
    (
        _R.PHONE,
        re.compile(r"phone|mobile|msisdn|^tel|手机|手機|电话|電話|联系号码", _I),
    ),
    (_R.EMAIL, re.compile(r"e-?mail|邮箱|郵箱|电子邮件|電子郵件", _I)),
    (_R.LANGUAGE, re.compile(r"^lang(uage)?$|^语言$|^語言$", _I)),
    (_R.AUDIENCE, re.compile(r"^audience$|对象类型|對象類型|受众", _I)),
    (
        _R.DEPARTMENT,
        re.compile(
            r"^(department|dept|branch|shop)([_ ]?code)?$|部门|部門|网格编码|厅编码", _I
        ),
    ),
    (_R.IS_TEST, re.compile(r"^(is[_ ]?)?test([_ ]?number)?$|测试号|測試號", _I)),
    (
        _R.IS_STAFF,
        re.compile(r"^(is[_ ]?)?(staff|employee)$|内部员工|內部員工|是否员工", _I),
    ),
)
_EVENT_WORDS: tuple[tuple[TableRole, re.Pattern[str]], ...] = (
    (
        _R.EVENT_KEY,
        re.compile(r"event[_ ]?(id|key|no)|流水号|流水號|工单号|工單號|事件编号", _I),
    ),
    (
        _R.EVENT_KIND,
        re.compile(
            r"event[_ ]?(type|kind|name)|^(event|kind|type)$|事件类型|业务类型", _I
        ),
    ),
    (_R.TIME, re.compile(r"time|date|occurred|时间|時間|日期", _I)),
    (_R.EMPLOYEE, re.compile(r"employee|agent|staff|员工|員工|工号|工號", _I)),
    (
        _R.DEPARTMENT,
        re.compile(r"department|dept|branch|shop|hall|部门|部門|厅|廳", _I),
    ),
    (
        _R.CUSTOMER,
        re.compile(
            r"customer|subscriber|user|msisdn|phone|mobile|客户|客戶|用户|手机|手機|号码",
            _I,
        ),
    ),
)


_FEEDBACK_WORDS: tuple[tuple[TableRole, re.Pattern[str]], ...] = (
    (
        _R.FEEDBACK_KEY,
        re.compile(
            r"^(feedback|complaint|ticket)?[_ ]?(id|key|no)$"
            r"|流水号|流水號|工单号|工單號|编号|編號",
            _I,
        ),
    ),
    (
        _R.TEXT,
        re.compile(
            r"text|comment|content|note|message|内容|內容|正文|描述|留言|原声|原聲", _I
        ),
    ),
    (_R.CHANNEL, re.compile(r"channel|source|渠道|管道|来源|來源", _I)),
    (_R.SAID_AT, re.compile(r"time|date|时间|時間|日期", _I)),
    *(
        (role, pattern)
        for role, pattern in _EVENT_WORDS
        if role in {_R.DEPARTMENT, _R.CUSTOMER}
    ),
)


def guess_table_mapping(batch: Import) -> ImportMapping:
    """Return the mapping to begin with: as the last such file was read, or a guess."""
    columns = columns_by_name(batch)
    earlier = _earlier(batch, columns)
    zone = batch.organisation.time_zone
    date = clock.now().date().isoformat() if _is_customers(batch) else ""
    if earlier is not None:
        fitted, _missing = earlier.fitted_to(columns)
        rules = {rule.name: rule for rule in fitted.columns}
        return ImportMapping(
            columns=tuple(rules.get(name, ColumnRule(name=name)) for name in columns),
            date=date,
            date_order=fitted.date_order,
            time_zone=fitted.time_zone,
            event_kind=fitted.event_kind,
        )
    rules = _guessed(batch, columns)
    times = (_R.TIME, _R.SAID_AT)
    time = next((rule.name for rule in rules.values() if rule.role in times), "")
    order = order_of(columns[time]["date_forms"]) if time else ""
    return ImportMapping(
        columns=tuple(rules.values()),
        date=date,
        date_order="" if order == "?" else order,
        time_zone=zone,
    )


def _is_customers(batch: Import) -> bool:
    return batch.kind == ImportKind.CUSTOMERS


def _earlier(batch: Import, columns: Mapping[str, Any]) -> ImportMapping | None:
    """Return how the last file with these columns was read."""
    done = Import.objects.of(batch.organisation_id).filter(
        kind=batch.kind,
        status=ImportStatus.DONE,
    )
    names = {plain(name) for name in columns}
    for earlier in done.order_by("-finished_at")[:5]:
        mapping = earlier.read_mapping()
        if {plain(rule.name) for rule in mapping.columns} <= names:
            return mapping
    return None


def _guessed(batch: Import, columns: Mapping[str, Any]) -> dict[str, ColumnRule]:
    words, rest = {
        ImportKind.CUSTOMERS: (_CUSTOMER_WORDS, _R.OPERATIONAL),
        ImportKind.FEEDBACK: (_FEEDBACK_WORDS, _R.IGNORE),
    }.get(ImportKind(batch.kind), (_EVENT_WORDS, _R.EVENT_ATTRIBUTE))
    taken: set[str] = set()
    rules: dict[str, ColumnRule] = {}
    for name, column in columns.items():
        if column.get("withheld"):
            rules[name] = ColumnRule(name=name)
            continue
        fitting = (
            role
            for role, pattern in words
            if pattern.search(name) and (role in REPEATABLE_ROLES or role not in taken)
        )
        role = next(fitting, rest if column["filled"] else _R.IGNORE)
        taken.add(role)
        is_number = role == rest and bool(column["is_number"])
        rules[name] = ColumnRule(name=name, role=role, is_number=is_number)
    if _is_customers(batch) and _R.CUSTOMER not in taken:
        # A file without another key names customers by their number or address.
        for wanted in (_R.PHONE, _R.EMAIL):
            for name, rule in rules.items():
                if rule.role == wanted:
                    rules[name] = ColumnRule(name=name, role=_R.CUSTOMER)
                    return rules
    return rules
