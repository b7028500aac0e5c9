"""What cases have to tell on pages of other apps: the customer's page, and home."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.act.cases.queries.queue import WantedCases, case_page, count_cases
from zhiyin.act.cases.queries.time_left import time_left
from zhiyin.analyze.dashboards.queries.home_places import Waiting, register_waiting
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import Question, register_question

SHOWN_AT_HOME = 5


def new_case_for(customer: Customer, person: Person) -> Question | None:
    """Return the way to a new case about a customer."""
    if not person.may(Permission.WORK_CASES):
        return None
    url = f"{reverse('case-new')}?customer={customer.pk}"
    return Question(_("Open a case for this customer"), url)


def waiting_cases(person: Person) -> list[Waiting]:
    """Return the person's own open cases, the most urgent first."""
    if not person.may(Permission.WORK_CASES):
        return []
    mine = WantedCases(scope="mine")
    now = clock.now()
    found = [
        Waiting(
            _("Case %(number)s: %(left)s")
            % {
                "number": case.number,
                "left": time_left(
                    case.next_due_at, begun_at=case.opened_at, now=now
                ).text,
            },
            reverse("case", args=[case.pk]),
        )
        for case in case_page(person, mine, size=SHOWN_AT_HOME).rows
    ]
    number, is_floor = count_cases(person, mine)
    if number > SHOWN_AT_HOME:
        shown = f"{number}+" if is_floor else str(number)
        text = _("All my open cases: %(n)s") % {"n": shown}
        found.append(Waiting(text, f"{reverse('cases')}?scope=mine"))
    return found


def register_elsewhere() -> None:
    """Register what other apps' pages show of cases."""
    register_question("new-case", new_case_for)
    register_waiting("cases", waiting_cases)
