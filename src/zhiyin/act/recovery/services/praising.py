"""Praise found in answers, and passed on to whom it is for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cxstats.text import Polarity
from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import record
from zhiyin.act.notices.services import notify
from zhiyin.act.recovery.models import EmployeeName, LoopMark, Praise
from zhiyin.common import clock
from zhiyin.listen.responses.models import Response

KIND = "praise"
# Written out: the worker would read every page of the site to look it up.
PRAISE_URL = "/act/praise/"
READER = "praise"
BATCH = 500
# Words may come a day after the score, as a reply to a text message.
LOOKED_AT_AGAIN = dt.timedelta(hours=30)
LEADS = (Role.TEAM_LEAD, Role.DEPT_OWNER)


@cache
def _polarity() -> Polarity:
    return Polarity.starter()


def find_praise() -> bool:
    """Keep new answers of promoters with kind words; True when there may be more."""
    found = [_read(organisation) for organisation in Organisation.objects.all()]
    return any(found)


def _read(organisation: Organisation) -> bool:
    mark, is_new = LoopMark.objects.get_or_create(
        organisation=organisation, reader=READER
    )
    rows = Response.objects.of(organisation)
    if is_new:
        # Answers from before the loop was closed here are history.
        old = rows.filter(received_at__lt=clock.now() - LOOKED_AT_AGAIN)
        newest = old.order_by("-pk").values_list("pk", flat=True).first()
        LoopMark.objects.filter(pk=mark.pk).update(last=newest or 0)
        mark.last = newest or 0
    # Before anything is looked at, so that what comes in meanwhile is read again.
    settled = rows.filter(
        pk__gt=mark.last, received_at__lt=clock.now() - LOOKED_AT_AGAIN
    ).aggregate(newest=Max("pk"))["newest"]
    made = _keep(organisation, _praising(rows.filter(praise=None)), mark.last)
    if settled:
        # Two workers may do this at once: the mark never moves back.
        LoopMark.objects.filter(pk=mark.pk, last__lt=settled).update(last=settled)
    return made


def _keep(organisation: Organisation, rows: QuerySet[Response], last: int) -> bool:
    made = False
    while part := list(rows.filter(pk__gt=last)[:BATCH]):
        last = part[-1].pk
        kind = _kind_words([each.comment for each in part])
        praise = [
            Praise(
                organisation=organisation,
                response=response,
                employee=response.employee,
                department_id=response.department_id,
                said_at=response.responded_at,
            )
            for response, is_kind in zip(part, kind, strict=True)
            if is_kind
        ]
        Praise.objects.bulk_create(praise, ignore_conflicts=True)
        made = made or bool(praise)
    return made


def _praising(rows: QuerySet[Response]) -> QuerySet[Response]:
    """Return answers of promoters, by the cuts of their own scale, with words."""
    return (
        rows.filter(
            Q(answers__is_primary=True)
            & Q(answers__promoter_min__isnull=False)
            & Q(answers__score__gte=F("answers__promoter_min")),
            excluded="",
        )
        .exclude(comment="")
        .order_by("pk")
    )


def _kind_words(texts: list[str]) -> list[bool]:
    """Tell which texts are no complaint in spite of the score."""
    return [verdict != "negative" for verdict in _polarity().predict(texts)]


def route_praise() -> bool:
    """Tell whom each praise is for, and who leads there; True when there is more."""
    rows = Praise.objects.filter(routed_at=None).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:BATCH])
    for number in numbers:
        _route(number)
    return len(numbers) == BATCH


@transaction.atomic
def _route(number: int) -> None:
    praise = (
        Praise.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("organisation", "department", "response")
        .filter(pk=number, routed_at=None)
        .first()
    )
    if praise is None:
        return
    praise.person = person_named(praise.organisation_id, praise.employee)
    _tell(praise)
    praise.routed_at = clock.now()
    praise.save(update_fields=["person", "routed_at"])


def _tell(praise: Praise) -> None:
    people = [*leads_of(praise.department)]
    if praise.person is not None:
        people.append(praise.person)
    notify(
        people=people,
        kind=KIND,
        key=f"praise:{praise.pk}",
        title=_title(praise),
        url=PRAISE_URL,
    )


def _title(praise: Praise) -> Promise | Callable[[], str]:
    if praise.person is None and not praise.employee:
        return gettext_lazy("A customer praises your department")
    name = str(praise.person or praise.employee)

    def title() -> str:
        return str(gettext_lazy("A customer praises %(name)s") % {"name": name})

    return title


def person_named(organisation_id: int, employee: str) -> Person | None:
    """Return who is meant by an employee's number: as told, or by name or mail."""
    if not employee:
        return None
    told = EmployeeName.objects.of(organisation_id).filter(employee=employee)
    known = told.select_related("person").first()
    if known is not None:
        return known.person
    people = Person.objects.filter(
        Q(name=employee) | Q(email__iexact=employee),
        organisation_id=organisation_id,
        is_active=True,
    )[:2]
    found = list(people)
    # Two of one name: a person has to say who is meant.
    return found[0] if len(found) == 1 else None


def leads_of(department: Department | None) -> list[Person]:
    """Return who leads a department: the nearest level that anybody leads."""
    if department is None:
        return []
    steps = [int(step) for step in department.path.strip("/").split("/")]
    for step in reversed(steps):
        people = Person.objects.filter(
            role_assignments__department_id=step,
            role_assignments__role__in=LEADS,
            is_active=True,
        ).distinct()
        if found := list(people):
            return found
    return []


@transaction.atomic
def name_employee(*, praise: Praise, person: Person) -> None:
    """Say who is meant by the number of an employee, now and from now on."""
    EmployeeName.objects.update_or_create(
        organisation_id=praise.organisation_id,
        employee=praise.employee,
        defaults={"person": person},
    )
    rows = Praise.objects.of(praise.organisation_id)
    unnamed = rows.filter(employee=praise.employee, person=None)
    # The one praised hears of it now; who leads there has heard already.
    unnamed.update(person=person, routed_at=None)
    record(action="employee.named", target=praise, employee=praise.employee)
