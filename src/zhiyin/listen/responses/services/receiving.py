"""Answers that another system collected and hands over through the API."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services import record
from zhiyin.listen.customers.models import Customer, FieldKind
from zhiyin.listen.customers.services import (
    ensure_fields,
    get_or_create_customer,
    sift,
)
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.responses.services.anonymity import make_nameless
from zhiyin.listen.responses.services.replies import (
    Reply,
    answer_of,
    answers_to,
    check_comment,
    check_score,
    comment_of,
)
from zhiyin.listen.responses.services.scores import Occasion, new_response
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import VersionSnapshot, published_version

API_SOURCE = "api"


@dataclass(frozen=True)
class GivenResponse:
    """One answer as another system hands it over.

    `customer` is a customer who was found already, else `customer_key` names one.
    What `channel` and `department` leave out is as the link says.
    """

    score: int
    comment: str = ""
    customer_key: str = ""
    language: str = ""
    responded_at: dt.datetime | None = None
    attributes: Mapping[str, str | float] = field(default_factory=dict)
    customer: Customer | None = None
    department: Department | None = None
    employee: str = ""
    channel: str = ""
    source: str = API_SOURCE


def _source_key(source: str, key: str) -> str:
    return f"{source}:{hashlib.sha256(key.encode()).hexdigest()}"


def _attributes(
    organisation: Organisation,
    given: Mapping[str, str | float],
) -> dict[str, str | float]:
    given, _left_out = sift(organisation.pk, given)
    fields = ensure_fields(
        organisation=organisation,
        fields=[
            (
                label,
                FieldKind.CATEGORY if isinstance(value, str) else FieldKind.NUMBER,
                False,
            )
            for label, value in given.items()
        ],
    )
    return {
        known.code: value for known, value in zip(fields, given.values(), strict=True)
    }


def _version(link: SurveyLink) -> VersionSnapshot:
    version = published_version(link.instrument)
    if version is None:
        raise ValueError(_("This questionnaire has no published version."))
    return version


def _check_nameless(given: GivenResponse) -> None:
    if given.customer_key or given.customer or given.attributes or given.employee:
        raise ValueError(
            _(
                "This questionnaire is anonymous: send neither a customer nor "
                "attributes with an answer to it.",
            ),
        )


def _unsaved(
    link: SurveyLink, version: VersionSnapshot, given: GivenResponse
) -> Response:
    response = new_response(Occasion(link, version, given.language))
    response.source = given.source
    response.channel = given.channel or response.channel
    response.department = given.department or response.department
    response.responded_at = given.responded_at or response.responded_at
    response.started_at, response.completed_at = None, response.responded_at
    response.attributes = _attributes(link.organisation, given.attributes)
    if version.is_anonymous:
        _check_nameless(given)
        make_nameless(response)
        return response
    response.employee = given.employee
    response.customer = given.customer
    if given.customer_key and given.customer is None:
        response.customer = get_or_create_customer(
            organisation=link.organisation,
            key=given.customer_key,
        )
    return response


@transaction.atomic
def receive_response(
    *,
    link: SurveyLink,
    given: GivenResponse,
    idempotency_key: str = "",
) -> tuple[Response, bool]:
    """Save one answer; return it and whether it is new.

    The same idempotency key in the same organisation returns the answer saved
    before and changes nothing. Raises ValueError for what the survey does not ask.
    """
    version = _version(link)
    check_score(version.primary, given.score)
    check_comment(given.comment)
    source_key = _source_key(given.source, idempotency_key) if idempotency_key else None
    response = _unsaved(link, version, given)
    response.source_key = source_key
    if source_key:
        Response.objects.bulk_create([response], ignore_conflicts=True)
        response = Response.objects.get(
            organisation=link.organisation,
            source_key=source_key,
        )
        if response.answers.exists():
            return response, False
    else:
        response.save()
    _save_answers(response, version, given)
    record(action="response.received", target=response)
    return response, True


def _save_answers(
    response: Response,
    version: VersionSnapshot,
    given: GivenResponse,
) -> None:
    answers = [answer_of(response, version.primary, given.score)]
    for item in version.followups(given.score):
        if given.comment and item.kind == ItemKind.TEXT:
            answers += answers_to(item, Reply(text=given.comment), response)
            break
    Answer.objects.bulk_create(answers)
    response.comment = comment_of(answers) or given.comment
    response.save(update_fields=["comment"])
