"""Fields of customers that their own answers fill, where they agreed to it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from zhiyin.common import clock
from zhiyin.listen.customers.models import (
    AnsweredField,
    AttributeField,
    ConsentEntry,
    ConsentState,
    Purpose,
)
from zhiyin.listen.responses.models import Answer
from zhiyin.listen.surveys.queries.snapshots import snapshot

LOOKED_BACK = dt.timedelta(days=30)
AT_ONCE = 300
_LONGEST = 200


def keep_answered_fields() -> bool:
    """Keep new answers with the customers who gave them; False if there are none.

    Only who agreed, explicitly and until now, has an answer kept. An answer is kept
    once, however often this runs.
    """
    fields = AttributeField.objects.in_use().exclude(question="")
    kept = [_keep(field) for field in fields]
    return any(kept)


def _keep(field: AttributeField) -> bool:
    purpose = field.consent_purpose or Purpose.PROFILING
    made = [
        AnsweredField(
            organisation_id=field.organisation_id,
            customer_id=int(answer.response.customer_id or 0),
            field=field,
            value=value,
            answered_at=answer.response.responded_at,
            response_number=answer.response_id,
            consent=consent,
        )
        for answer in _waiting(field, purpose)
        if (value := value_of(answer))
        and (consent := _consent(answer, purpose)) is not None
    ]
    AnsweredField.objects.bulk_create(made, ignore_conflicts=True)
    return bool(made)


def _waiting(field: AttributeField, purpose: str) -> QuerySet[Answer]:
    lines = ConsentEntry.objects.filter(
        customer=OuterRef("response__customer"), purpose=purpose
    )
    newest = lines.order_by("-recorded_at", "-pk").values("state")[:1]
    rows = Answer.objects.filter(
        item=field.question,
        response__organisation=field.organisation_id,
        response__customer__isnull=False,
        response__responded_at__gte=clock.now() - LOOKED_BACK,
    ).annotate(consent_state=newest)
    done = AnsweredField.objects.filter(
        field=field, response_number=OuterRef("response_id")
    )
    agreed = rows.filter(~Exists(done), consent_state=ConsentState.GRANTED)
    related = ("response__organisation", "response__instrument_version")
    return agreed.select_related(*related).order_by("pk")[:AT_ONCE]


def _consent(answer: Answer, purpose: str) -> ConsentEntry | None:
    return ConsentEntry.objects.filter(
        customer=answer.response.customer_id,
        purpose=purpose,
        state=ConsentState.GRANTED,
    ).first()


def value_of(answer: Answer) -> str:
    """Return an answer as a text: what was chosen, in words, or what was given."""
    if answer.choices:
        response = answer.response
        item = snapshot(response.instrument_version).item(answer.item)
        wording = item.wording(response.organisation.language) if item else {}
        labels: dict[str, str] = dict(wording.get("options") or ())
        chosen = [labels.get(code, code) for code in answer.choices]
        return "、".join(chosen)[:_LONGEST]
    for value in (answer.score, answer.number):
        if value is not None:
            return f"{value:g}"
    return answer.text.strip()[:_LONGEST]
