"""Opening cases: by people, by other systems, and from alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation, Person
from zhiyin.accounts.services import record
from zhiyin.act.alerts.models import Alert
from zhiyin.act.alerts.services import note_case
from zhiyin.act.cases.models import (
    Case,
    CaseAlert,
    CaseCounter,
    CaseLevel,
    Source,
    State,
)
from zhiyin.act.cases.queries.owners import owner_for
from zhiyin.act.cases.queries.priority import facts_about, level_for, main_answer
from zhiyin.act.cases.services.defaults import load_defaults
from zhiyin.act.cases.services.suppressing import leave_customer_alone
from zhiyin.act.cases.services.telling import case_url, tell_owner
from zhiyin.act.cases.services.timing import set_clocks
from zhiyin.act.cases.services.writing import CaseError, Draft, changing, save_draft
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.responses.models import Response

LONGEST_SUMMARY = 300
ALERTS_PER_RUN = 100


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a new case is about, and who is meant to have it; the rest is found."""

    summary: str = ""
    customer: Customer | None = None
    response: Response | None = None
    department: Department | None = None
    owner: Person | None = None
    level: CaseLevel | None = None
    touchpoint: str = ""
    employee: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def open_case(
    *,
    organisation: Organisation,
    matter: Matter,
    by: Person | None,
    source: str = Source.PERSON,
    source_key: str | None = None,
) -> Case:
    """Open a case with an owner and its clocks; the same `source_key` is one case."""
    with transaction.atomic():
        # Holding the counter's row makes two who open cases wait for each other.
        number = _next_number(organisation)
        if source_key is not None:
            known = Case.objects.of(organisation).filter(source_key=source_key).first()
            if known is not None:
                _give_back(organisation)
                return known
        draft = _draft(organisation, matter, by)
        case = draft.case
        case.number, case.source, case.source_key = number, source, source_key
        _settle(draft, matter)
        record(action="case.opened", actor=by, target=case, source=source)
    tell_owner(case, by=by)
    return case


def _next_number(organisation: Organisation) -> int:
    rows = CaseCounter.objects.filter(organisation=organisation)
    if not rows.update(last=F("last") + 1):
        CaseCounter.objects.bulk_create(
            [CaseCounter(organisation=organisation)], ignore_conflicts=True
        )
        rows.update(last=F("last") + 1)
    return rows.values_list("last", flat=True).get()


def _give_back(organisation: Organisation) -> None:
    rows = CaseCounter.objects.filter(organisation=organisation)
    rows.update(last=F("last") - 1)


def _draft(organisation: Organisation, matter: Matter, by: Person | None) -> Draft:
    response, customer = matter.response, matter.customer
    if customer is None and response is not None:
        customer = response.customer
    facts = facts_about(organisation, customer, response)
    level = matter.level or level_for(organisation, facts)
    if level is None:
        load_defaults(organisation=organisation)
        level = level_for(organisation, facts)
    if level is None:
        raise CaseError(
            _("No level is active. Switch one on under Cases > Levels first."),
        )
    department = matter.department or (response.department if response else None)
    words = matter.summary or (response.comment if response else "")
    now = clock.now()
    case = Case(
        organisation=organisation,
        level=level,
        state=State.NEW,
        state_since=now,
        opened_at=now,
        summary=" ".join(words.split())[:LONGEST_SUMMARY],
        customer=customer,
        response=response,
        department=department or (customer.department if customer else None),
        value_tier=str(facts.get("value_tier", ""))[:60],
        touchpoint=matter.touchpoint or (response.touchpoint if response else ""),
        employee=matter.employee or (response.employee if response else ""),
        version=0,
    )
    main = main_answer(response)
    case.score = main.score if main else None
    case.given_class = main.given_class if main else ""
    return Draft(case, by, now)


def _settle(draft: Draft, matter: Matter) -> None:
    """Find the owner, start the clocks, and save the case with its first lines."""
    case = draft.case
    case.owner = owner_for(case.organisation, case.department, matter.owner)
    set_clocks(case, draft.at)
    case.save()
    line = draft.note("opened", case.summary, level=case.level.code, **matter.detail)
    line.to_state = State.NEW
    if case.owner is not None:
        draft.go(State.ASSIGNED, owner=case.owner_id)
    leave_customer_alone(case)
    save_draft(draft)


def open_cases_for_alerts() -> bool:
    """Give every alert that wishes a case one; True when there may be more.

    An alert about a customer who has an open case joins it. Done twice, or killed at
    any point, an alert has one case all the same: taking the alert, opening the case
    and telling its owner are one transaction.
    """
    waiting = Alert.objects.wanting_case().values_list("pk", flat=True)
    numbers = list(waiting[:ALERTS_PER_RUN])
    for pk in numbers:
        _answer_alert(pk)
    return len(numbers) == ALERTS_PER_RUN


@transaction.atomic
def _answer_alert(pk: int) -> None:
    rows = Alert.objects.wanting_case().select_for_update(of=("self",))
    alert = rows.select_related("organisation", "rule").filter(pk=pk).first()
    if alert is None:
        return
    if alert.customer_id is not None:
        # Two alerts of one customer must not open two cases at the same time.
        Customer.objects.select_for_update().filter(pk=alert.customer_id).first()
    case = _open_case_of(alert)
    if case is None:
        case = open_case(
            organisation=alert.organisation,
            matter=_matter_of(alert),
            by=None,
            source=Source.ALERT,
        )
    else:
        with changing(case, by=None, action="case.alert_joined") as draft:
            draft.note("alert", str(alert.rule), alert=alert.pk)
    CaseAlert.objects.create(case=case, alert=alert, at=clock.now())
    note_case(alert=alert, number=case.number, url=case_url(case))


def _open_case_of(alert: Alert) -> Case | None:
    if alert.customer_id is None:
        return None
    rows = Case.objects.of(alert.organisation_id).open()
    return rows.filter(customer=alert.customer_id).order_by("pk").first()


def _matter_of(alert: Alert) -> Matter:
    levels = CaseLevel.objects.of(alert.organisation_id).filter(is_active=True)
    wished = levels.filter(code=alert.level).first() if alert.level else None
    return Matter(
        summary=alert.response.comment if alert.response else str(alert.rule),
        customer=alert.customer,
        response=alert.response,
        department=alert.department,
        owner=alert.owner,
        level=wished,
        touchpoint=alert.touchpoint,
        detail={"alert": alert.pk, "rule": alert.rule.code},
    )
