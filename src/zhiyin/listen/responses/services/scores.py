"""The first click: a score is saved before anything else is asked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.programs.models import Invitation, SurveyLink
from zhiyin.listen.programs.services import count_answer, note_response
from zhiyin.listen.responses.models import Answer, ExclusionReason, Response
from zhiyin.listen.responses.queries import PAGE_SOURCE, visit_key
from zhiyin.listen.surveys.models import InstrumentVersion, ItemKind
from zhiyin.listen.surveys.queries import ItemSnapshot, VersionSnapshot, snapshot


@dataclass(frozen=True)
class Occasion:
    """Where an answer comes from: which link, which wording, which visit.

    A personal link has an invitation; a public one has the random id of the visit,
    which makes a repeated submission edit the same answer, and the sender's address,
    which is counted and not kept. `is_suspect` marks what looks like a machine.
    """

    link: SurveyLink
    version: VersionSnapshot
    language: str
    invitation: Invitation | None = None
    visit: str = ""
    sender: str = ""
    is_suspect: bool = False


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
    link, invitation = occasion.link, occasion.invitation
    return Response(
        organisation_id=link.organisation_id,
        instrument_version_id=occasion.version.pk,
        link=link,
        invitation=invitation,
        customer_id=invitation.customer_id if invitation else None,
        department_id=(invitation.department_id if invitation else link.department_id),
        responded_at=clock.now(),
        stream=link.stream,
        touchpoint=link.touchpoint.code if link.touchpoint else "",
        wave=link.wave.code if link.wave else "",
        channel=link.channel,
        language=occasion.language,
        attributes=dict(invitation.attributes) if invitation else {},
        excluded=_exclusion(occasion),
        source=PAGE_SOURCE,
        source_key=visit_key(link, occasion.visit) if occasion.visit else None,
    )


def _found_or_new(occasion: Occasion) -> tuple[Response, bool]:
    """Return the visit's answer and whether it was made now; two clicks make one."""
    if occasion.invitation is not None:
        # The lock lets the second of two simultaneous clicks see the first.
        invitation = Invitation.objects.select_for_update().get(
            pk=occasion.invitation.pk,
        )
        found = Response.objects.filter(invitation=invitation).first()
        if found is not None:
            return found, False
        response = new_response(occasion)
        response.save()
        note_response(invitation=invitation, at=response.responded_at)
        return response, True
    response = new_response(occasion)
    try:
        with transaction.atomic():
            response.save(force_insert=True)
    except IntegrityError:
        # The unique key of the visit decided: another click was first.
        return Response.objects.get(
            organisation_id=response.organisation_id,
            source_key=response.source_key,
        ), False
    return response, True


def answer_of(response: Response, item: ItemSnapshot, score: float) -> Answer:
    """Return an unsaved answer to a scored item, with the scale it was given on."""
    return Answer(
        response=response,
        item=item.code,
        kind=item.kind,
        is_primary=item.is_primary,
        score=score,
        scale_min=item.scale_min,
        scale_max=item.scale_max,
        detractor_max=item.detractor_max,
        promoter_min=item.promoter_min,
    )


def check_score(item: ItemSnapshot, score: int) -> None:
    """Raise ValueError for a score that is no point of the item's scale."""
    if score not in item.points:
        raise ValueError(
            _("A score from %(low)s to %(high)s is asked; received %(score)s.")
            % {"low": item.scale_min, "high": item.scale_max, "score": score},
        )


def version_of(response: Response, expected: VersionSnapshot) -> VersionSnapshot:
    """Return the version a response was given to, which stays its own."""
    if response.instrument_version_id == expected.pk:
        return expected
    return snapshot(InstrumentVersion.objects.get(pk=response.instrument_version_id))


@transaction.atomic
def save_score(*, occasion: Occasion, score: int) -> Response:
    """Save the score of the main question, or change the one saved before.

    Raises ValueError for a score off the scale, and TooManyAnswersError.
    """
    check_score(occasion.version.primary, score)
    response, is_new = _found_or_new(occasion)
    version = version_of(response, occasion.version)
    item = version.primary
    if is_new:
        answer_of(response, item, score).save()
        return response
    check_score(item, score)
    _rescore(response, version, score)
    Response.objects.filter(pk=response.pk).update(language=occasion.language)
    return response


def _rescore(response: Response, version: VersionSnapshot, score: int) -> None:
    item = version.primary
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
    _move_followups(response, version, score)
    record(
        action="response.rescored",
        organisation=response.organisation_id,
        target=response,
        was=before,
        now=score,
    )


def _move_followups(response: Response, version: VersionSnapshot, score: int) -> None:
    """Keep the words under the new class's question; drop choices no longer asked."""
    asked = {item.code: item for item in version.followups(score)}
    stale = response.answers.exclude(item__in=[version.primary.code, *asked])
    stale.exclude(kind=ItemKind.TEXT).delete()
    home = next((i.code for i in asked.values() if i.kind == ItemKind.TEXT), None)
    words = stale.filter(kind=ItemKind.TEXT).first()
    if words and home and not response.answers.filter(item=home).exists():
        Answer.objects.filter(pk=words.pk).update(item=home)
