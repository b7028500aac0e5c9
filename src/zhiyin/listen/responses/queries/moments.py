"""What customers said, for their time line."""

from __future__ import annotations

from django.urls import reverse

from zhiyin.accounts.models import Person
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import Moment, MomentKind, register_source
from zhiyin.listen.programs.models import Touchpoint
from zhiyin.listen.responses.models import Answer, Response


def answers_of(customer: Customer, person: Person, limit: int) -> list[Moment]:
    """Return the customer's answers that this person may read, the newest first."""
    rows = (
        Response.objects.visible_to(person)
        .filter(customer=customer)
        .prefetch_related("answers")
        .order_by("-responded_at", "-pk")[:limit]
    )
    names = dict(
        Touchpoint.objects.of(customer.organisation_id).values_list("code", "name"),
    )
    return [_moment(response, names) for response in rows]


def _moment(response: Response, names: dict[str, str]) -> Moment:
    scored = [each for each in response.answers.all() if each.score is not None]
    main = next((each for each in scored if each.is_primary), None)
    about = names.get(response.touchpoint, response.touchpoint) or response.wave
    said = [about or response.get_stream_display(), _score(main)]
    return Moment(
        at=response.responded_at,
        kind=MomentKind.SAID,
        title=" · ".join(part for part in said if part),
        text=response.comment[:500],
        tone=main.given_class if main else "",
        url=reverse("response", args=[response.pk]),
        text_is_theirs=True,
    )


def _score(answer: Answer | None) -> str:
    if answer is None or answer.score is None:
        return ""
    score = f"{answer.score:g}"
    return f"{score} / {answer.scale_max}" if answer.scale_max else score


def register_sources() -> None:
    """Offer answers to the time line."""
    register_source("responses", answers_of)
