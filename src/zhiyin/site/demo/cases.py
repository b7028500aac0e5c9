"""Cases of the demo operator: some just opened, some half way, some at their end."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import Grant, add_person
from zhiyin.act.alerts.models import Alert, AlertRule
from zhiyin.act.alerts.queries.owners import OwnerBook
from zhiyin.act.alerts.services import load_standard_rules, note_cases, switch_on
from zhiyin.act.alerts.services.raising import Match, raise_alerts
from zhiyin.act.cases.models import Case, CaseAlert, Cause, Source, State
from zhiyin.act.cases.services import (
    Contact,
    Facts,
    Gift,
    Matter,
    Pledge,
    acknowledge_case,
    ask_hand_over,
    close_case,
    comment_case,
    explain_case,
    load_defaults,
    log_contact,
    move_case,
    open_case,
    record_causes,
    record_compensation,
    resolve_case,
)
from zhiyin.act.cases.services.telling import case_url
from zhiyin.act.clocks.models import WorkCalendar
from zhiyin.act.clocks.services import Hours, add_public_holidays, save_calendar
from zhiyin.common import clock
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.site.demo.loops import close_loops, spread_over_time
from zhiyin.site.demo.people import MAIL_DOMAIN

OPEN, CLOSED = 36, 44
RULES = ("detractor", "repeat-detractor", "mnp-query", "complaint-silence")
NAMES = ("陈晓东", "刘芳", "赵明", "黄丽", "周强", "吴敏")
SEED = 7
SERVICE_HOURS = {str(day): [["08:30", "20:00"]] for day in range(7)}
# The field of causes that most talk about a touchpoint is about.
_CAUSES = {"TP_BB": "BBF-02-05", "TP_HALL": "CHN-01-01", "TP_HOT": "SRV-01-02"}
_OTHERS = ("NET-02-04", "NET-01-01", "TAR-02-02", "TAR-01-02", "SRV-03-04", "PRO-01-04")


@dataclass(frozen=True)
class _Hand:
    """One case and whoever works on it."""

    case: Case
    by: Person
    cause: Cause
    other: Department

    def reach(self) -> None:
        log_contact(case=self.case, by=self.by, contact=Contact("phone", "no_answer"))
        talk = Contact("phone", "reached", "客户情绪平稳，愿意配合核查。")
        log_contact(case=self.case, by=self.by, contact=talk)

    def find_cause(self) -> None:
        self.reach()
        record_causes(case=self.case, by=self.by, causes=[], primary=self.cause)

    def start(self) -> None:
        self.find_cause()
        move_case(case=self.case, to=State.IN_PROGRESS, by=self.by)

    def wait(self) -> None:
        self.find_cause()
        move_case(case=self.case, to=State.WAITING_CUSTOMER, by=self.by)

    def offer(self) -> None:
        self.start()
        text = "核查后属于贵部门的业务，请接手处理。"
        ask_hand_over(case=self.case, to_department=self.other, reason=text, by=self.by)

    def explain(self) -> None:
        self.find_cause()
        until = self.case.opened_at + dt.timedelta(21)
        pledge = Pledge("设备扩容完成后逐户回访", until, 7)
        explain_case(case=self.case, by=self.by, pledge=pledge, facts=_FACTS)

    def resolve(self) -> None:
        self.start()
        comment_case(case=self.case, by=self.by, text="已请网格经理上门确认。")
        resolve_case(case=self.case, by=self.by, facts=_FACTS)

    def close(self) -> None:
        self.resolve()
        gift = Gift("bill_credit", "20", "故障期间的月费")
        record_compensation(case=self.case, by=self.by, gift=gift)
        close_case(case=self.case, by=self.by)

    def seen(self) -> None:
        acknowledge_case(case=self.case, by=self.by)


_FACTS = Facts(
    "rational", "核查并处理完毕，结果已电话告知客户。", "accepted", customer_told=True
)
_STAGES: tuple[tuple[Callable[[_Hand], None] | None, float], ...] = (
    (None, 0.2),
    (None, 3),
    (_Hand.seen, 5),
    (_Hand.reach, 9),
    (_Hand.start, 26),
    (_Hand.wait, 40),
    (_Hand.offer, 20),
    (_Hand.explain, 90),
    (_Hand.resolve, 50),
)
"""How far a case has come, and how many hours ago it was opened."""


def add_cases(organisation: Organisation, manager: Person) -> int:
    """Open cases for recent unhappy answers, and work on most of them."""
    load_defaults(organisation=organisation)
    calendar = save_calendar(
        calendar=WorkCalendar(),
        hours=Hours("客服工作时间", organisation.time_zone, SERVICE_HOURS),
        by=manager,
    )
    add_public_holidays(calendar=calendar, year="CN 2026", by=manager)
    dice = random.Random(SEED)  # noqa: S311 invented people need no secrets.
    found = _unhappy(organisation)
    _raise_alerts(organisation, manager, found)
    owners = _owners(organisation, found)
    for number, response in enumerate(found):
        if number < OPEN:
            act, hours = _STAGES[number % len(_STAGES)]
            hours *= dice.uniform(0.6, 1.5)
        else:
            act, hours = _Hand.close, dice.uniform(60, 900)
        case = _opened(response, owners)
        _play(case, act, dt.timedelta(hours=hours), dice)
        if case.closed_at is not None:
            case.refresh_from_db()
            took = dt.timedelta(hours=min(dice.uniform(8, 80), hours - 1))
            spread_over_time(case, took)
    close_loops(organisation, dice)
    return len(found)


def _raise_alerts(
    organisation: Organisation, manager: Person, found: list[Response]
) -> None:
    """Switch the usual rules on, and let the answers raise their alerts."""
    load_standard_rules(organisation=organisation)
    rules = {rule.code: rule for rule in AlertRule.objects.of(organisation)}
    for code in RULES:
        switch_on(rule=rules[code], by=manager, although_broad=True)
    raise_alerts(
        organisation_id=organisation.pk,
        matches=[Match(rules["detractor"], response) for response in found],
        book=OwnerBook.of(organisation.pk),
    )


def _owners(organisation: Organisation, found: list[Response]) -> dict[int, Person]:
    """Add somebody who works on cases in each department that has the most of them."""
    counted = Counter(each.department for each in found if each.department)
    made = {}
    for place, (department, _cases) in enumerate(counted.most_common(len(NAMES))):
        made[department.pk] = add_person(
            organisation=organisation,
            email=f"owner.{place + 1}@{MAIL_DOMAIN}",
            name=NAMES[place],
            roles=[Grant(Role.AGENT, department)],
        )
    return made


def _opened(response: Response, owners: dict[int, Person]) -> Case:
    """Open the case of an answer's alert, for somebody of its department."""
    alert = Alert.objects.filter(response=response).first()
    case = open_case(
        organisation=response.organisation,
        matter=Matter(
            response=response,
            customer=response.customer,
            owner=owners.get(response.department_id or 0),
        ),
        by=None,
        source=Source.ALERT,
    )
    if alert is not None:
        CaseAlert.objects.create(case=case, alert=alert, at=clock.now())
        note_cases(taken=[(alert, case.number, case_url(case))])
    return case


def _unhappy(organisation: Organisation) -> list[Response]:
    """Return the newest answers of detractors who wrote something, one per customer."""
    low = Answer.objects.filter(
        response__organisation=organisation,
        is_primary=True,
        score__lte=6,
        detractor_max=6,
    )
    rows = (
        Response.objects.of(organisation)
        .filter(pk__in=low.values("response"), excluded="", customer__isnull=False)
        .exclude(comment="")
        .exclude(department=None)
        .select_related("customer", "department")
        .order_by("-responded_at")
    )
    found: dict[int, Response] = {}
    for response in rows[: (OPEN + CLOSED) * 3]:
        found.setdefault(int(response.customer_id or 0), response)
    return list(found.values())[: OPEN + CLOSED]


def _play(
    case: Case,
    act: Callable[[_Hand], None] | None,
    ago: dt.timedelta,
    dice: random.Random,
) -> None:
    if act is not None and case.owner is not None:
        act(_Hand(case, case.owner, _cause(case, dice), _other(case)))
    _move_back(case, ago)


def _cause(case: Case, dice: random.Random) -> Cause:
    known = (
        code for start, code in _CAUSES.items() if case.touchpoint.startswith(start)
    )
    code = next(known, dice.choice(_OTHERS))
    return Cause.objects.get(organisation=case.organisation, code=code)


def _other(case: Case) -> Department:
    rows = Department.objects.filter(organisation=case.organisation).active()
    return rows.exclude(pk=case.department_id or 0).order_by("path", "pk")[1]


def _move_back(case: Case, ago: dt.timedelta) -> None:
    """Let everything about a case have happened so much earlier."""
    tables: tuple[tuple[type[models.Model], dict[str, Any]], ...] = (
        (Case, {"pk": case.pk}),
        (Alert, {"case_link__case": case.pk}),
        *((each.related_model, {"case": case.pk}) for each in _hanging(case)),
    )
    for table, wanted in tables:
        moments = {
            field.name: models.F(field.name) - ago
            for field in table._meta.concrete_fields  # noqa: SLF001
            if isinstance(field, models.DateTimeField)
        }
        # Past the fence of the journal: this is the past of an invented operator.
        if moments:
            table._base_manager.filter(**wanted).update(**moments)  # noqa: SLF001


def _hanging(case: Case) -> list[Any]:
    return [
        each
        for each in type(case)._meta.related_objects  # noqa: SLF001
        if each.field.name == "case" and issubclass(each.related_model, models.Model)
    ]
