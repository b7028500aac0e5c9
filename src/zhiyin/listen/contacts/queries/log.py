"""The log of decisions as a person sees it, and how it adds up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from zhiyin.accounts.models import Person
from zhiyin.listen.contacts.models import ContactDecision, RuleName, Verdict
from zhiyin.listen.customers.models import Customer


@dataclass(frozen=True)
class LogFilter:
    """What of the log is shown. `customer` None shows everybody."""

    customer: Customer | None = None
    verdict: str = ""
    rule: str = ""
    programme: str = ""


def decisions(person: Person, wanted: LogFilter) -> QuerySet[ContactDecision]:
    """Return the decisions a person may see, the newest first."""
    rows = ContactDecision.objects.visible_to(person).select_related("customer")
    if wanted.customer is not None:
        rows = rows.filter(customer=wanted.customer)
    for name in ("verdict", "rule", "programme"):
        value = getattr(wanted, name)
        if value:
            rows = rows.filter(**{name: value})
    return rows


@dataclass(frozen=True)
class Tally:
    """How many wishes came to one end; they add up to all wishes."""

    rule: str
    label: str
    count: int


def tally(rows: QuerySet[ContactDecision]) -> list[Tally]:
    """Count the asked and the not asked by rule, the most frequent first."""
    counted = rows.order_by().values("rule").annotate(count=Count("pk"))
    made = [
        Tally(row["rule"], rule_label(row["rule"]), row["count"]) for row in counted
    ]
    return sorted(made, key=lambda one: (one.rule != "", -one.count))


def rule_label(rule: str) -> str:
    """Return a rule in words; the empty one stands for asked."""
    return str(RuleName(rule).label if rule else Verdict.ALLOWED.label)
