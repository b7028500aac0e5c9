"""When the policy kept a customer from being asked, for the time line."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.listen.contacts.models import ContactDecision, RuleName, Verdict
from zhiyin.listen.contacts.queries.fence import portability_shown
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import (
    Moment,
    MomentKind,
    Panel,
    Question,
    register_panel,
    register_question,
    register_source,
)


def decisions_about(customer: Customer, _person: Person, limit: int) -> list[Moment]:
    """Return when the policy said no or not yet, the newest first.

    What it allowed shows as the invitation that went out.
    """
    rows = ContactDecision.objects.filter(customer=customer).exclude(
        verdict=Verdict.ALLOWED,
    )
    rules = dict(RuleName.choices)
    return [
        Moment(
            at=decision.decided_at,
            kind=MomentKind.DID,
            title=f"{decision.get_verdict_display()} · {decision.programme}",
            text=str(rules.get(decision.rule, decision.rule)),
        )
        for decision in rows[:limit]
    ]


def why_asked(customer: Customer, person: Person) -> Question | None:
    """Return the way to the log of decisions about a customer."""
    if not person.may(Permission.EDIT_PROGRAMS):
        return None
    return Question(
        _("Why was this customer (not) asked?"),
        f"{reverse('contacts')}?customer={customer.pk}",
    )


def portability_panel(customer: Customer, _person: Person) -> Panel | None:
    """Return the card on the customer's number; None where nothing ever happened."""
    shown = portability_shown(customer)
    return Panel("contacts/_portability.html", shown) if shown.steps else None


def register_sources() -> None:
    """Offer decisions to the time line, and their log to the customer's page."""
    register_source("decisions", decisions_about)
    register_question("decisions", why_asked)
    register_panel("portability", portability_panel)
