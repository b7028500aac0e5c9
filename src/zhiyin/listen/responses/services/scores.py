"""The first click: a score is saved before anything else is asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.common.clock import day_of
from zhiyin.common.rows import insert_row
from zhiyin.listen.programs.models import Invitation, SurveyLink
from zhiyin.listen.programs.services import count_answer, note_response
from zhiyin.listen.programs.services.codes import count_code
from zhiyin.listen.programs.services.progress import note_begun
from zhiyin.listen.responses.models import Answer, ExclusionReason, Response
from zhiyin.listen.responses.queries import PAGE_SOURCE, visit_key
from zhiyin.listen.responses.queries.arrivals import Arrival, arrival_of
from zhiyin.listen.responses.services.anonymity import make_nameless
from zhiyin.listen.responses.services.replies import answer_of, check_score
from zhiyin.listen.surveys.models import InstrumentVersion, ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot, VersionSnapshot, snapshot


@dataclass(frozen=True)
class Occasion:
    """Where an answer comes from: which link, which wording, which visit.

    A personal link has an invitation; a public one has the random id of the visit,
    which makes a repeated submission edit the same answer, and the sender's address,
    which is counted and not kept. `is_suspect` marks what looks like a machine;
    `began_at` is when the form was opened; `arrival` says how somebody
    came without an invitation.
    """

    link: SurveyLink
    version: VersionSnapshot
    language: str
    invitation: Invitation | None = None
    visit: str = ""
    sender: str = ""
    is_suspect: bool = False
    began_at: dt.datetime | None = None
    arrival: Arrival | None = None


class AlreadyAnsweredError(RuntimeError):
    """A personal link to an anonymous questionnaire takes one answer, once.

    Nothing ties the answer to the link, so it cannot be found again to be changed.
    """


def _exclusion(occasion: Occasion) -> str:
    """Count a public answer; return why it is kept out of numbers, or "".

    Raises TooManyAnswersError when it is not even kept.
    """
    flagged = bool(occasion.sender) and count_answer(
        link=occasion.link,
        address=occasion.sender,
    )
    return ExclusionReason.SUSPECTED_SPAM if flagged or occasion.is_suspect else ""


def new_response(occasion: Occasion) -> Response:
    """Return an unsaved answer with everything the link and the visit say of it."""
    link, moment = occasion.link, clock.now()
    came = arrival_of(link, occasion.invitation, occasion.arrival)
    response = Response(
        organisation_id=link.organisation_id,
        instrument_version_id=occasion.version.pk,
        link=link,
        invitation=occasion.invitation,
        customer_id=came.customer_id,
        department_id=came.department_id,
        responded_at=moment,
        started_at=occasion.began_at or moment,
        stream=link.stream,
        touchpoint=link.touchpoint.code if link.touchpoint else "",
        wave=link.wave.code if link.wave else "",
        channel=came.channel,
        employee=came.employee,
        language=occasion.language,
        attributes=dict(came.attributes),
        excluded=_exclusion(occasion),
        source=PAGE_SOURCE,
        source_key=visit_key(link, occasion.visit) if occasion.visit else None,
    )
    if occasion.version.is_anonymous:
        make_nameless(response)
        response.department_id = link.department_id
    return response


def _save_once(response: Response) -> tuple[Response, bool]:
    """Save a public visit's answer, unless another click was first."""
    if insert_row(response, unique=("organisation_id", "source_key")):
        return response, True
    # The unique key of the visit decided: another click was first.
    return Response.objects.get(
        organisation_id=response.organisation_id,
        source_key=response.source_key,
    ), False


def _nameless(occasion: Occasion, invitation: Invitation) -> tuple[Response, bool]:
    """Save an anonymous answer through a personal link; the two are never tied."""
    kept, is_new = _save_once(new_response(occasion))
    if is_new:
        if invitation.answered_at is not None:
            raise AlreadyAnsweredError
        note_response(invitation=invitation, at=day_of(clock.now()))
        note_begun(invitation_id=invitation.pk, at=day_of(clock.now()))
    return kept, is_new


def found_or_new(occasion: Occasion) -> tuple[Response, bool]:
    """Return the visit's answer and whether it was made now; two clicks make one.

    Runs inside a transaction. Raises TooManyAnswersError and AlreadyAnsweredError.
    """
    if occasion.invitation is not None:
        # The lock lets the second of two simultaneous clicks see the first.
        invitation = Invitation.objects.select_for_update().get(
            pk=occasion.invitation.pk,
        )
        if occasion.version.is_anonymous:
            return _nameless(occasion, invitation)
        found = Response.objects.filter(invitation=invitation).first()
        if found is not None:
            return found, False
        response = new_response(occasion)
        insert_row(response)
        note_response(invitation=invitation, at=response.responded_at)
        note_begun(invitation_id=invitation.pk, at=response.responded_at)
        return response, True
    kept, is_new = _save_once(new_response(occasion))
    if is_new and occasion.arrival is not None and occasion.arrival.code:
        count_code(link=occasion.link, code=occasion.arrival.code)
    return kept, is_new


@transaction.atomic
def begin_response(*, occasion: Occasion) -> Response:
    """Begin an answer that opens with a page of questions instead of a score.

    Raises TooManyAnswersError and AlreadyAnsweredError.
    """
    return found_or_new(occasion)[0]


def version_of(response: Response, expected: VersionSnapshot) -> VersionSnapshot:
    """Return the version a response was given to, which stays its own."""
    if response.instrument_version_id == expected.pk:
        return expected
    return snapshot(InstrumentVersion.objects.get(pk=response.instrument_version_id))


@transaction.atomic
def save_score(*, occasion: Occasion, score: int, item: str = "") -> Response:
    """Save the score of the main question, or change the one saved before.

    `item` is the code of another scored question. Raises ValueError for a score off
    the scale, TooManyAnswersError, and AlreadyAnsweredError.
    """
    check_score(_asked(occasion.version, item), score)
    response, is_new = found_or_new(occasion)
    if is_new:
        insert_row(answer_of(response, _asked(occasion.version, item), score))
        return response
    version = version_of(response, occasion.version)
    asked = _asked(version, item)
    check_score(asked, score)
    _rescore(response, version, asked, score)
    if response.language != occasion.language:
        Response.objects.filter(pk=response.pk).update(language=occasion.language)
    return response


def _asked(version: VersionSnapshot, code: str) -> ItemSnapshot:
    return version.item(code) or version.primary


def _rescore(
    response: Response,
    version: VersionSnapshot,
    item: ItemSnapshot,
    score: int,
) -> None:
    answer = response.answers.select_for_update().filter(item=item.code).first()
    before = answer.score if answer else None
    if before == score:
        return
    Answer.objects.update_or_create(
        response=response,
        item=item.code,
        defaults={
            "kind": item.kind,
            "is_primary": item.is_primary,
            "score": score,
            "scale_min": item.scale_min,
            "scale_max": item.scale_max,
            "detractor_max": item.detractor_max,
            "promoter_min": item.promoter_min,
        },
    )
    if item is version.primary:
        _move_words(response, version, score)
    # Nothing of its own row changes but when it was changed.
    Response.objects.filter(pk=response.pk).update()
    if not version.is_anonymous:
        # The entry says when: an anonymous answer has no such time.
        record(
            action="response.rescored",
            organisation=response.organisation_id,
            target=response,
            was=before,
            now=score,
        )


def _move_words(response: Response, version: VersionSnapshot, score: int) -> None:
    """Keep the words under the question that the new class is asked.

    What else is no longer asked goes when the answer is complete; at once if it was.
    """
    asked = {item.code: item for item in version.followups(score)}
    by_class = [item.code for item in version.items if item.asked_of]
    stale = response.answers.filter(item__in=set(by_class) - set(asked))
    if response.completed_at is not None:
        stale.exclude(kind=ItemKind.TEXT).delete()
    home = next(
        (i.code for i in asked.values() if i.kind == ItemKind.TEXT and i.asked_of),
        None,
    )
    words = stale.filter(kind=ItemKind.TEXT).first()
    if words and home and not response.answers.filter(item=home).exists():
        Answer.objects.filter(pk=words.pk).update(item=home)
