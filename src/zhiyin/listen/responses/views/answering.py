"""The answer page: one question, then pages of what follows from it, then thanks.

A GET never saves an answer, because scanners of mail and chat open every address.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zhiyin.common import clock
from zhiyin.common.clock import day_of
from zhiyin.common.network import client_address
from zhiyin.listen.programs.services import TooManyAnswersError
from zhiyin.listen.programs.services.progress import note_opened
from zhiyin.listen.responses.forms import clean_score, read_replies
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries import (
    SENT_WITHIN_HOURS,
    Stamp,
    Visit,
    VisitRefusedError,
    make_stamp,
    read_stamp,
    version_shown,
    visit_base,
)
from zhiyin.listen.responses.queries.questions import points_of
from zhiyin.listen.responses.services import (
    AlreadyAnsweredError,
    Occasion,
    begin_response,
    quota_that_is_full,
    save_score,
)
from zhiyin.listen.responses.views.frame import (
    METHODS,
    lead_to,
    page,
    page_alike,
    visited,
)
from zhiyin.listen.responses.views.sheets import (
    complete_without_more,
    course_now,
    sheet_context,
    show_page,
    take_page,
)

LEAST_SECONDS = 0.8


@csrf_exempt
@require_http_methods(METHODS)
@visited
def question(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask the main question, or the first page; save what is sent and go on."""
    if request.method == "POST":
        return _taken(request, visit)
    _refuse_where_full(visit)
    _note_opened(request, visit)
    if visit.version.opening is not None:
        return _ask(request, visit, clean_score(request.GET.get("score")))
    if visit.response is not None:
        return lead_to(visit, "more/")
    return _first_page(request, visit)


def _taken(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Save what was sent, within the limits of what is taken from one sender."""
    if visit.response is None:
        _refuse_where_full(visit)
    try:
        if visit.version.opening is None:
            return _begin(request, visit)
        return _take(request, visit)
    except TooManyAnswersError:
        return _too_many(request, visit)
    except AlreadyAnsweredError:
        kind = "answered"
        raise VisitRefusedError(kind, visit.link, visit.language) from None


def _refuse_where_full(visit: Visit) -> None:
    """Ask nobody who could only come too late; what needs an answer is asked first."""
    if visit.response is not None or not visit.version.quotas:
        return
    if quota_that_is_full(visit.version, visit.known):
        kind = "quota_full"
        raise VisitRefusedError(kind, visit.link, visit.language)


def _note_opened(request: HttpRequest, visit: Visit) -> None:
    invitation = visit.invitation
    if invitation is None or invitation.opened_at or request.method != "GET":
        return
    moment = clock.now()
    at = day_of(moment) if visit.version.is_anonymous else moment
    note_opened(invitation_id=invitation.pk, at=at)


def question_context(
    visit: Visit,
    *,
    preselected: int | None = None,
    problem: str = "",
) -> dict[str, Any]:
    """Return what the page of the main question shows."""
    item = visit.version.opening or visit.version.primary
    answer = visit.given.get(item.code)
    to_confirm = preselected if preselected in item.points else None
    chosen = answer.score if answer else None
    wording = item.wording(visit.language)
    return {
        "visit": visit,
        "brand": visit.brand,
        "language": visit.language,
        "text": visit.text_of(item),
        "low": wording.get("low", ""),
        "high": wording.get("high", ""),
        "labels": wording.get("labels") or [],
        "points": points_of(
            item,
            visit.language,
            chosen if to_confirm is None else to_confirm,
        ),
        "to_confirm": to_confirm,
        "given": chosen,
        "problem": problem,
    }


def _ask(
    request: HttpRequest,
    visit: Visit,
    preselected: int | None = None,
    problem: str = "",
) -> HttpResponse:
    stamp = make_stamp(visit.version.pk)
    is_plain = preselected is None and not problem
    if is_plain and visit.response is None and visit.is_alike:
        key = (visit.invitation is not None,)
        return page_alike(
            request,
            "question",
            visit,
            key,
            question_context,
            stamp=stamp,
        )
    context = question_context(visit, preselected=preselected, problem=problem)
    context["stamp"] = stamp
    return page(request, "question", context, status=400 if problem else 200)


def _stamp_sent(request: HttpRequest) -> Stamp | None:
    stamp = read_stamp(request.POST.get("stamp", ""))
    if stamp is None or stamp.age_seconds > SENT_WITHIN_HOURS * 3600:
        return None
    return stamp


def _take(request: HttpRequest, visit: Visit) -> HttpResponse:
    score = clean_score(request.POST.get("score"))
    stamp = _stamp_sent(request)
    if stamp is None:
        problem = _("This page was open for too long. Please confirm your score.")
        return _ask(request, visit, score, problem)
    occasion = _occasion(request, visit, stamp)
    opening = occasion.version.opening or occasion.version.primary
    try:
        response = save_score(
            occasion=occasion,
            score=-1 if score is None else score,
            item=opening.code,
        )
    except ValueError as error:
        return _ask(request, visit, problem=str(error))
    going_on = _going_on(request, visit, occasion, response)
    given = {opening.code: score}
    if visit.response is None and not course_now(going_on, given).pages:
        return complete_without_more(going_on)
    return lead_to(going_on, "more/")


def _going_on(
    request: HttpRequest,
    visit: Visit,
    occasion: Occasion,
    response: Response,
) -> Visit:
    """Return the visit as it goes on after the first click, with its own address."""
    if visit.response is not None:
        return visit
    is_tied = visit.invitation is not None and not occasion.version.is_anonymous
    slug, stamp = visit.link.slug, request.POST["stamp"]
    return dataclasses.replace(
        visit,
        version=occasion.version,
        response=response,
        base=visit.base if is_tied else visit_base(slug, "a", stamp),
        invitation=visit.invitation if is_tied else None,
        visit_id="" if is_tied else occasion.visit,
    )


def _occasion(request: HttpRequest, visit: Visit, stamp: Stamp) -> Occasion:
    version = version_shown(visit, stamp.version_pk)
    is_public = visit.invitation is None
    counted = is_public and visit.response is None
    too_fast = is_public and stamp.age_seconds < LEAST_SECONDS
    is_tied = not is_public and not version.is_anonymous
    return Occasion(
        link=visit.link,
        version=version,
        language=visit.language,
        invitation=visit.invitation,
        visit="" if is_tied else visit.visit_id or stamp.visit_id,
        sender=(client_address(request) or "") if counted else "",
        # A person does not see the field named website; a machine fills it in.
        is_suspect=too_fast or bool(request.POST.get("website")),
        began_at=clock.now() - dt.timedelta(seconds=stamp.age_seconds),
        arrival=visit.arrival,
    )


def _too_many(request: HttpRequest, visit: Visit) -> HttpResponse:
    context = {"kind": "too_many", "brand": visit.brand, "language": visit.language}
    response = page(request, "notice", context, status=429)
    response["Retry-After"] = "600"
    return response


def _first_page(
    request: HttpRequest,
    visit: Visit,
    stamp: str = "",
    **state: Any,
) -> HttpResponse:
    """Show the first page of a questionnaire that does not open with a score.

    The order drawn for the visit hangs on the stamp's id, which the form sends back.
    """
    stamp = stamp or make_stamp(visit.version.pk)
    drawn = read_stamp(stamp)
    seed = drawn.visit_id if drawn and visit.invitation is None else visit.visit_id
    seeded = dataclasses.replace(visit, visit_id=seed)
    context = sheet_context(seeded, None, **state)
    status = 400 if state.get("faults") or state.get("problem") else 200
    return page(request, "more", context | {"stamp": stamp}, status=status)


def _begin(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take the first page; a response is begun only once something was answered."""
    if visit.response is not None:
        return lead_to(visit, "more/")
    stamp = _stamp_sent(request)
    if stamp is None:
        problem = _("This page was open for too long. Please send it again.")
        typed = read_replies(course_now(visit).items, request.POST)
        return _first_page(request, visit, typed=typed, problem=problem)
    occasion = _occasion(request, visit, stamp)
    begun = dataclasses.replace(visit, version=occasion.version)
    shown = next((each.items for each in course_now(begun).pages), ())
    replies = read_replies(shown, request.POST)
    required = [item.code for item in shown if item.is_required]
    if required and not any(reply.says_anything for reply in replies.values()):
        faults = dict.fromkeys(required, _("Please answer this question."))
        return _first_page(request, begun, request.POST["stamp"], faults=faults)
    response = begin_response(occasion=occasion)
    return take_page(request, _going_on(request, begun, occasion, response), None)


@csrf_exempt
@require_http_methods(METHODS)
@visited
def more(
    request: HttpRequest,
    visit: Visit,
    number: str = "",
) -> HttpResponse:
    """Ask a page of what follows; save it as a later update of the same answer."""
    if visit.response is None:
        return lead_to(visit)
    if request.method == "POST":
        return take_page(request, visit, int(number) if number else None)
    return show_page(request, visit, int(number) if number else None)
