"""Cases from alerts: every alert that wishes a case has one, within seconds."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record_many
from zhiyin.act.alerts.models import Alert
from zhiyin.act.alerts.services import note_cases
from zhiyin.act.cases.models import Case, CaseAlert, CaseEvent, CaseLevel, Source
from zhiyin.act.cases.services.defaults import load_defaults
from zhiyin.act.cases.services.opening import Matter, open_cases
from zhiyin.act.cases.services.telling import case_url
from zhiyin.act.cases.services.writing import CaseError
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer

logger = logging.getLogger(__name__)

# Opened in one transaction: few, so that whoever writes answers does not wait.
BATCH = 100
# So often in one run: after a rush nobody waits for the other tasks in between.
ROUNDS = 5
_RELATED = (
    *("rule", "owner", "department", "customer__department"),
    *("response__customer__department", "response__department"),
)


def open_cases_for_alerts() -> bool:
    """Give alerts that wish a case one; True when there may be more.

    An alert about a customer who has an open case joins it. Done twice, or killed at
    any point, an alert has one case all the same: taking the alerts, opening the cases
    and telling the owners are one transaction.
    """
    waiting = Alert.objects.wanting_case()
    owners = waiting.order_by().values_list("organisation", flat=True).distinct()
    homes = list(Organisation.objects.filter(pk__in=list(owners)))
    worked = [_answer_all(home) for home in homes]
    return any(worked)


def _answer_all(organisation: Organisation) -> bool:
    mine = Alert.objects.wanting_case().filter(organisation=organisation)
    for _round in range(ROUNDS):
        numbers = list(mine.values_list("pk", flat=True)[:BATCH])
        try:
            _answer(organisation, numbers)
        except CaseError as refusal:
            # The others' alerts do not wait for this organisation's settings.
            logger.warning("%s: %s", organisation, " ".join(refusal.messages))
            return False
        if len(numbers) < BATCH:
            return False
    return True


@transaction.atomic
def _answer(organisation: Organisation, numbers: Sequence[int]) -> None:
    rows = Alert.objects.wanting_case().select_for_update(of=("self",))
    alerts = list(rows.select_related(*_RELATED).filter(pk__in=numbers))
    customers = {each.customer_id for each in alerts if each.customer_id}
    # Two alerts of one customer must not open two cases at the same time.
    held = Customer.objects.select_for_update(no_key=True).order_by("pk")
    list(held.filter(pk__in=customers).values_list("pk", flat=True))
    rows_of_cases = Case.objects.of(organisation).open().filter(customer__in=customers)
    known: dict[int | None, Case] = {}
    for case in rows_of_cases.select_for_update(of=("self",)).order_by("pk"):
        known.setdefault(case.customer_id, case)
    joining = [each for each in alerts if each.customer_id in known]
    first: dict[int | None, Alert] = {}
    for each in alerts:
        if each.customer_id and each.customer_id not in known:
            first.setdefault(each.customer_id, each)
    opening = [*first.values(), *(each for each in alerts if not each.customer_id)]
    joining += [
        each
        for each in alerts
        if each.customer_id in first and first[each.customer_id] != each
    ]
    cases = open_cases(
        organisation=organisation,
        matters=_matters(organisation, opening),
        by=None,
        source=Source.ALERT,
    )
    known |= {case.customer_id: case for case in cases if case.customer_id}
    joined = [(each, known[each.customer_id]) for each in joining]
    _join(joined)
    _link([*zip(opening, cases, strict=True), *joined])


def _join(joined: Sequence[tuple[Alert, Case]]) -> None:
    """Write in the journals that these alerts are answered by these cases too."""
    now = clock.now()
    lines = [
        CaseEvent(
            case=case,
            at=now,
            kind="alert",
            text=str(alert.rule),
            detail={"alert": alert.pk},
        )
        for alert, case in joined
    ]
    CaseEvent.objects.bulk_create(lines)
    cases = [case for _alert, case in joined]
    # Whoever is just writing in such a case is to look at it again.
    Case.objects.filter(pk__in={case.pk for case in cases}).update(
        version=F("version") + 1
    )
    record_many(action="case.alert_joined", targets=cases)


def _link(pairs: Sequence[tuple[Alert, Case]]) -> None:
    now = clock.now()
    CaseAlert.objects.bulk_create(
        CaseAlert(case=case, alert=alert, at=now) for alert, case in pairs
    )
    note_cases(
        taken=[(alert, case.number, case_url(case)) for alert, case in pairs],
    )


def _matters(organisation: Organisation, alerts: Sequence[Alert]) -> list[Matter]:
    active = CaseLevel.objects.of(organisation).filter(is_active=True)
    levels = {level.code: level for level in active}
    if not levels:
        load_defaults(organisation=organisation)
        levels = {level.code: level for level in active.all()}
    return [
        Matter(
            summary=alert.response.comment if alert.response else str(alert.rule),
            customer=alert.customer,
            response=alert.response,
            department=alert.department,
            owner=alert.owner,
            level=levels.get(alert.level) if alert.level else None,
            touchpoint=alert.touchpoint,
            detail={"alert": alert.pk, "rule": alert.rule.code},
        )
        for alert in alerts
    ]
