"""What a programme's conditions may look at: the event, the customer, the fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.common.condition_builder import Fact
from zhiyin.common.conditions import facts_named, included_by
from zhiyin.listen.customers.models import (
    AttributeField,
    Audience,
    Customer,
    CustomerEvent,
    PortabilityState,
)
from zhiyin.listen.customers.queries import known_of, portability_of
from zhiyin.listen.programs.models import Programme
from zhiyin.listen.programs.queries.standard import standard_programmes

EVENTS_LOOKED_AT = 300
PORTABILITY = "customer.mnp_state"
# More of them would make every answer heavy; analysis reads the rest elsewhere.
MOST_FIELDS = 60


def kinds_of(programme: Programme) -> list[str]:
    """Return the kinds of events that start a programme; several stand in a row."""
    return programme.event_kind.split()


def customer_facts(customer: Customer, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of one customer."""
    facts = {f"field.{code}": value for code, value in fields.items()}
    facts["customer.audience"] = customer.audience
    facts["customer.language"] = customer.language
    facts[PORTABILITY] = str(portability_of(customer))
    if customer.department is not None:
        facts["customer.department"] = customer.department.code
    return facts


def event_facts(event: CustomerEvent, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of one event and of its customer; the event knows best."""
    facts = customer_facts(event.customer, fields)
    facts |= {f"event.{name}": value for name, value in event.attributes.items()}
    facts["event.kind"] = event.kind
    facts["event.employee"] = event.employee
    if event.department is not None:
        facts["event.department"] = event.department.code
    return facts


def _labels() -> dict[str, str]:
    return {
        "customer.audience": _("Customer: audience"),
        "customer.language": _("Customer: language"),
        "customer.department": _("Customer: department"),
        PORTABILITY: _("Customer: number portability"),
        "event.kind": _("Event: kind"),
        "event.department": _("Event: department"),
        "event.employee": _("Event: employee"),
    }


def _attributes(organisation: Organisation, kinds: Sequence[str]) -> set[str]:
    """Return the attributes that events of these kinds have carried."""
    rows = CustomerEvent.objects.of(organisation).filter(kind__in=kinds)
    newest = rows.order_by("-pk").values_list("attributes", flat=True)
    return {name for one in newest[:EVENTS_LOOKED_AT] for name in one}


def _named(conditions: Iterable[Mapping[str, Any]]) -> set[str]:
    names = {name for one in conditions for name in facts_named(one)}
    return {name.removeprefix("event.") for name in names if name.startswith("event.")}


def facts_offered(
    organisation: Organisation,
    programme: Programme | None,
    *,
    with_event: bool = True,
) -> list[Fact]:
    """Return the facts that conditions of a programme may look at, with names."""
    audiences = tuple((value, str(text)) for value, text in Audience.choices)
    states = tuple((value, str(text)) for value, text in PortabilityState.choices)
    values = {"customer.audience": audiences, PORTABILITY: states}
    labels = _labels()
    made = [
        Fact(name, label, values.get(name, ()))
        for name, label in labels.items()
        if with_event or not name.startswith("event.")
    ]
    fields = AttributeField.objects.of(organisation).for_conditions()
    made += [Fact(f"field.{one.code}", one.label) for one in fields]
    if with_event:
        kinds = kinds_of(programme) if programme else []
        names = _attributes(organisation, kinds)
        names |= _named(one.conditions for one in standard_programmes())
        if programme is not None:
            names |= _named([programme.conditions, programme.exclusions])
        names -= {"kind", "department", "employee"}
        text = _("Event: %(name)s")
        made += [Fact(f"event.{n}", text % {"name": n}) for n in sorted(names)]
    return made


def porting_faults(read: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return why conditions reach customers because their number is being ported.

    The law lets it exclude them, and never choose them.
    """
    wanted = included_by(read.get("conditions") or {}, PORTABILITY)
    spared = included_by(read.get("exclusions") or {}, PORTABILITY, is_denied=True)
    if not wanted and not spared:
        return []
    return [
        _(
            "Number portability may only exclude customers, never choose them: move "
            "it to “Not where”."
        )
    ]


def fields_named(programme: Programme) -> set[str]:
    """Return the codes of the fields that decide about a customer."""
    names = facts_named(programme.conditions) | facts_named(programme.exclusions)
    names |= facts_named(programme.sampling.get("always") or {})
    names |= set(programme.strata)
    return {one.removeprefix("field.") for one in names if one.startswith("field.")}


def fields_kept(programme: Programme) -> set[str]:
    """Return the codes of the fields recorded with whom a programme asks."""
    own = AttributeField.objects.of(programme.organisation_id)
    rows = own.for_conditions().filter(is_shown=True)
    shown = set(rows.order_by("pk").values_list("code", flat=True)[:MOST_FIELDS])
    return shown | fields_named(programme)


def known_fields(
    customers: Collection[int], codes: Collection[str]
) -> dict[int, dict[str, Any]]:
    """Return what is known of customers today, as it can be kept with an answer."""
    if not codes:
        return {}
    return {
        pk: {code: _kept(value) for code, value in known.items()}
        for pk, known in known_of(customers, codes=codes).items()
    }


def _kept(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)
