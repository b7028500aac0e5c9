"""Cases on a customer's time line."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case, State
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import Moment, MomentKind, register_source


def cases_of(customer: Customer, person: Person, limit: int) -> list[Moment]:
    """Return when the cases were opened and closed, those this person may see."""
    rows = Case.objects.visible_to(person).filter(customer=customer)
    found = []
    for case in rows.select_related("level", "owner").order_by("-opened_at")[:limit]:
        url = f"/act/cases/{case.pk}/"
        names = {"number": case.number, "level": case.level.code}
        found.append(
            Moment(
                at=case.opened_at,
                kind=MomentKind.DID,
                title=_("Case %(number)s (%(level)s) opened") % names,
                text=str(case.owner or ""),
                url=url,
            ),
        )
        if case.closed_at is not None and case.state == State.CLOSED:
            found.append(
                Moment(
                    at=case.closed_at,
                    kind=MomentKind.DID,
                    title=_("Case %(number)s (%(level)s) closed") % names,
                    text=case.get_outcome_display(),
                    tone="good" if case.resolved_at else "",
                    url=url,
                ),
            )
    return sorted(found, key=lambda moment: moment.at, reverse=True)[:limit]


def register_sources() -> None:
    """Offer cases to the time line."""
    register_source("cases", cases_of)
