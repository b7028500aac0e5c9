"""What comes after the score: the comment, the cause, the consent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.responses.services.scores import (
    answer_of,
    check_score,
    version_of,
)
from zhiyin.listen.surveys.models import ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot, VersionSnapshot

LONGEST_COMMENT = 5_000


@dataclass(frozen=True)
class Reply:
    """What was given to one follow-up: words, a choice, or a score."""

    text: str = ""
    choice: str = ""
    score: int | None = None


def check_comment(text: str) -> None:
    """Raise ValueError for words that are too long to keep."""
    if len(text) > LONGEST_COMMENT:
        raise ValueError(
            _("At most %(limit)s characters can be sent; you wrote %(count)s.")
            % {"limit": LONGEST_COMMENT, "count": len(text)},
        )


def reply_to(item: ItemSnapshot, reply: Reply, response: Response) -> Answer | None:
    """Return the unsaved answer to one item, or None where nothing was given.

    Raises ValueError for words too long, an unknown choice or a score off the scale.
    """
    if item.is_scored:
        if reply.score is None:
            return None
        check_score(item, reply.score)
        return answer_of(response, item, reply.score)
    answer = Answer(response=response, item=item.code, kind=item.kind)
    if item.kind == ItemKind.TEXT:
        check_comment(reply.text)
        answer.text = reply.text.strip()
        return answer if answer.text else None
    if not reply.choice:
        return None
    if reply.choice not in item.option_codes():
        raise ValueError(
            _("“%(choice)s” is not among the choices.") % {"choice": reply.choice[:40]},
        )
    answer.choices = [reply.choice]
    return answer


def comment_of(answers: list[Answer]) -> str:
    """Return the words of all open questions as one comment."""
    words = (answer.text for answer in answers if answer.kind == ItemKind.TEXT)
    return "\n".join(text for text in words if text)


@transaction.atomic
def update_answer(
    *,
    response: Response,
    version: VersionSnapshot,
    replies: Mapping[str, Reply],
    language: str,
) -> Response:
    """Save what follows the score; sent again, it replaces what was sent before.

    Only what is asked of the response's class is kept. Raises ValueError with a
    message for the customer; nothing is saved then.
    """
    kept = Response.objects.select_for_update().get(pk=response.pk)
    own = version_of(kept, version)
    primary = kept.answers.filter(item=own.primary.code).first()
    score = primary.score if primary and primary.score is not None else 0
    answers: list[Answer] = []
    for item in own.followups(score):
        answer = reply_to(item, replies.get(item.code, Reply()), kept)
        if answer is not None:
            answers.append(answer)
    kept.answers.exclude(item=own.primary.code).delete()
    Answer.objects.bulk_create(answers)
    kept.comment = comment_of(answers)
    kept.language = language
    # The row itself is written last: its new revision covers the answers too.
    kept.save(update_fields=["comment", "language"])
    return kept
