"""One answer as other programs read it: through the API, and told by a webhook."""

from __future__ import annotations

from typing import Any

from zhiyin.common.masking import mask_fields, mask_words
from zhiyin.listen.customers.queries import field_labels
from zhiyin.listen.responses.models import Answer, Response, ResponseQuerySet


def with_all(rows: ResponseQuerySet) -> ResponseQuerySet:
    """Load with each answer what its payload shows."""
    related = ("customer", "department", "instrument_version__instrument", "invitation")
    return rows.select_related(*related).prefetch_related("answers")


def shown_attributes(
    response: Response, labels: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return what was recorded with an answer, names and numbers masked."""
    if not response.attributes:
        return {}
    known = field_labels(response.organisation_id) if labels is None else labels
    return mask_fields(response.attributes, known)


def answer_payload(answer: Answer) -> dict[str, Any]:
    """Return the answer to one item; what its kind does not have is left out."""
    given: dict[str, Any] = {
        "score": answer.score,
        "text": mask_words(answer.text),
        "choices": answer.choices,
        "number": answer.number,
        "date": str(answer.date) if answer.date else None,
    }
    told = {name: value for name, value in given.items() if value not in (None, "", [])}
    return {"item": answer.item, "kind": answer.kind, **told}


def response_payload(response: Response) -> dict[str, Any]:
    """Return one answer in full; key, names and numbers stay masked."""
    answers = sorted(response.answers.all(), key=lambda each: each.pk)
    main = next((each for each in answers if each.is_primary), None)
    version = response.instrument_version
    done = response.completed_at
    return {
        "id": response.pk,
        "responded_at": response.responded_at.isoformat(),
        "completed_at": done.isoformat() if done else None,
        "score": main.score if main else None,
        "scale_max": main.scale_max if main else None,
        "given_class": main.given_class if main else "",
        "comment": mask_words(response.comment),
        "answers": [answer_payload(each) for each in answers],
        "stream": response.stream,
        "touchpoint": response.touchpoint,
        "wave": response.wave,
        "channel": response.channel,
        "language": response.language,
        "customer_id": response.customer_id,
        "customer": response.customer.key_masked if response.customer else "",
        "department": response.department.code if response.department else "",
        "employee": response.employee,
        "invitation_id": response.invitation_id,
        "instrument": version.instrument.code,
        "instrument_version": version.number,
        "attributes": shown_attributes(response),
        "excluded": response.excluded,
    }
