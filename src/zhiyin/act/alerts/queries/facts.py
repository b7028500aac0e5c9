"""What is known of answers, as rules of alerts and of priority look at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F

from zhiyin.accounts.models import Organisation
from zhiyin.act.alerts.queries.feelings import Feeling, feelings_of
from zhiyin.listen.contacts.queries import policy_in_force
from zhiyin.listen.customers.models import Customer, CustomerEvent
from zhiyin.listen.customers.queries import known_of
from zhiyin.listen.programs.queries.facts import customer_facts
from zhiyin.listen.responses.models import Answer, Response, ResponseQuerySet

Facts = dict[str, Any]
REPEAT_DAYS = 90
FEELINGS = frozenset({"sentiment", "aspects", "complaints", "contradiction"})
EARLIER = "earlier_detractor_answers"
TIER = "value_tier"
# What operators call it unless their contact policy names a field of its own.
TIER_FIELD = "value_tier"
_RELATED = (
    "customer__department",
    "department",
    "invitation__programme",
    "instrument_version__instrument",
)


def with_facts(rows: ResponseQuerySet) -> ResponseQuerySet:
    """Load with each answer what its facts are made of."""
    return rows.select_related(*_RELATED).prefetch_related("answers")


def main_answer(response: Response) -> Answer | None:
    """Return the answer to the main question; its rows are loaded."""
    return next((each for each in response.answers.all() if each.is_primary), None)


def facts_of(
    responses: Sequence[Response],
    wanted: Collection[str],
) -> dict[int, Facts]:
    """Return the facts of answers of one organisation, loaded by `with_facts`.

    Only what costs something is left out unless `wanted` names it.
    """
    made = {each.pk: _plain(each) for each in responses}
    if not made:
        return made
    _add_known(responses, made, wanted)
    if FEELINGS & set(wanted):
        found = feelings_of([each.comment for each in responses])
        for response, feeling in zip(responses, found, strict=True):
            _add_feeling(made[response.pk], feeling)
    if EARLIER in wanted:
        for pk, number in _earlier(responses).items():
            made[pk][EARLIER] = number
    return made


def _plain(response: Response) -> Facts:
    main = main_answer(response)
    invitation = response.invitation
    programme = invitation.programme if invitation else None
    facts: Facts = {
        f"field.{code}": value for code, value in response.attributes.items()
    }
    facts |= {
        "score": main.score if main else None,
        "class": main.given_class if main else "",
        "comment": response.comment,
        "has_text": bool(response.comment.strip()),
        "stream": response.stream,
        "touchpoint": response.touchpoint,
        "wave": response.wave,
        "channel": response.channel,
        "language": response.language,
        "employee": response.employee,
        "questionnaire": response.instrument_version.instrument.code,
        "programme": programme.code if programme else "",
        "department": _codes(response),
        "audience": response.customer.audience if response.customer else "",
    }
    return facts


def _codes(response: Response) -> str:
    department = response.department
    return department.code if department else ""


def _add_known(
    responses: Sequence[Response],
    made: Mapping[int, Facts],
    wanted: Collection[str],
) -> None:
    """Add fields known of the customers; what came with the answer is nearer."""
    codes = {one.removeprefix("field.") for one in wanted if one.startswith("field.")}
    tier = _tier_field(responses[0].organisation_id) if TIER in wanted else ""
    if tier:
        codes.add(tier)
    missing = {
        response.customer_id
        for response in responses
        if response.customer_id
        and any(f"field.{code}" not in made[response.pk] for code in codes)
    }
    known = known_of(missing, codes=codes) if missing else {}
    for response in responses:
        facts = made[response.pk]
        for code, value in known.get(response.customer_id or 0, {}).items():
            facts.setdefault(f"field.{code}", value)
        if tier:
            facts[TIER] = facts.get(f"field.{tier}")


def _tier_field(organisation_id: int) -> str:
    organisation = Organisation.objects.get(pk=organisation_id)
    return str(policy_in_force(organisation).rules.get("tier_field") or TIER_FIELD)


def _add_feeling(facts: Facts, feeling: Feeling) -> None:
    facts["sentiment"] = feeling.sentiment
    facts["aspects"] = list(feeling.aspects)
    facts["complaints"] = list(feeling.complaints)
    facts["contradiction"] = feeling.contradiction(facts["class"])


def _earlier(responses: Sequence[Response]) -> dict[int, int]:
    """Return how many detractor's answers the customer gave in the days before."""
    customers = {each.customer_id for each in responses if each.customer_id}
    moments = [each.responded_at for each in responses]
    span = dt.timedelta(days=REPEAT_DAYS)
    rows = Answer.objects.filter(
        response__customer__in=customers,
        response__excluded="",
        response__responded_at__gt=min(moments) - span,
        response__responded_at__lt=max(moments),
        is_primary=True,
        score__lte=F("detractor_max"),
    ).values_list("response__customer", "response__responded_at", "response")
    low: dict[int, list[tuple[dt.datetime, int]]] = {}
    for customer, at, pk in rows:
        low.setdefault(customer, []).append((at, pk))
    return {
        each.pk: sum(
            each.responded_at - span < at < each.responded_at and pk != each.pk
            for at, pk in low.get(each.customer_id or 0, ())
        )
        for each in responses
    }


def facts_of_events(
    events: Iterable[CustomerEvent],
    wanted: Collection[str],
) -> dict[int, Facts]:
    """Return the facts of events of one organisation and of their customers."""
    given = list(events)
    codes = {one.removeprefix("field.") for one in wanted if one.startswith("field.")}
    tier = _tier_field(given[0].organisation_id) if given and TIER in wanted else ""
    if tier:
        codes.add(tier)
    known = known_of({each.customer_id for each in given}, codes=codes) if codes else {}
    return {
        each.pk: _of_event(each, each.customer, known.get(each.customer_id, {}), tier)
        for each in given
    }


def _of_event(
    event: CustomerEvent,
    customer: Customer,
    fields: Mapping[str, Any],
    tier: str,
) -> Facts:
    told = customer_facts(customer, fields)
    facts: Facts = {
        name: value for name, value in told.items() if name.startswith("field.")
    }
    facts |= {f"event.{name}": value for name, value in event.attributes.items()}
    department = event.department or customer.department
    return facts | {
        "event.kind": event.kind,
        "employee": event.employee,
        "audience": customer.audience,
        "language": customer.language,
        "department": department.code if department else "",
        TIER: fields.get(tier) if tier else None,
    }
