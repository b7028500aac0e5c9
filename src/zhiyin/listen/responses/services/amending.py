"""An answer changed by whoever handed it over: checked as when it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.responses.services.replies import (
    Reply,
    answer_of,
    answers_to,
    check_comment,
    check_score,
)
from zhiyin.listen.surveys.models import Item, ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot, VersionSnapshot, snapshot


@dataclass(frozen=True)
class Amendment:
    """What is to be different; None and what is not named stay as they are."""

    score: int | None = None
    comment: str | None = None
    replies: Mapping[str, Reply] = field(default_factory=dict)


@transaction.atomic
def amend_response(*, response: Response, change: Amendment) -> Response:
    """Change an answer; raises ValueError for what its wording does not ask."""
    version = snapshot(response.instrument_version)
    answers: list[Answer] = []
    if change.score is not None:
        check_score(version.primary, change.score)
        answers.append(answer_of(response, version.primary, change.score))
    if change.comment is not None:
        check_comment(change.comment)
        answers += _comment(response, version, change.comment)
        response.comment = change.comment
    for code, reply in change.replies.items():
        answers += _answers(response, version, code, reply)
    _write(response, answers)
    # Saved last: the new revision of the row covers its answers too.
    response.save(update_fields=["comment"])
    record(action="response.amended", target=response)
    return response


def _item(version: VersionSnapshot, code: str) -> ItemSnapshot:
    item = version.item(code)
    if item is None or item.kind == ItemKind.STATEMENT:
        raise ValueError(_("This questionnaire has no question “%s”.") % code[:60])
    return item


def _answers(
    response: Response,
    version: VersionSnapshot,
    code: str,
    reply: Reply,
) -> list[Answer]:
    try:
        return answers_to(_item(version, code), reply, response)
    except ValueError as error:
        message = f"{code}: {error}"
        raise ValueError(message) from error


def _comment(
    response: Response,
    version: VersionSnapshot,
    text: str,
) -> list[Answer]:
    """Return the comment as the answer to the open question that was answered."""
    texts = Item.objects.filter(
        version_id=response.instrument_version_id,
        kind=ItemKind.TEXT,
    )
    given = response.answers.filter(kind=ItemKind.TEXT).values_list("item", flat=True)
    code = texts.filter(code__in=list(given)).values_list("code", flat=True).first()
    if code is None or not text:
        return []
    return answers_to(_item(version, code), Reply(text=text), response)


def _write(response: Response, answers: list[Answer]) -> None:
    replaced = [each.item for each in answers]
    Answer.objects.filter(response=response, item__in=replaced).delete()
    Answer.objects.bulk_create(answers)
