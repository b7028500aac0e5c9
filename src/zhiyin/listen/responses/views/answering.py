"""The answer page: one question, then what follows from it, then thanks.

A GET never saves anything, because scanners of mail and chat open every address.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zhiyin.common.network import client_address
from zhiyin.listen.programs.services import (
    TooManyAnswersError,
)
from zhiyin.listen.responses.forms import clean_score, read_replies
from zhiyin.listen.responses.queries import (
    SENT_WITHIN_HOURS,
    Stamp,
    Visit,
    VisitRefusedError,
    followup_items,
    given_answers,
    make_stamp,
    read_stamp,
)
from zhiyin.listen.responses.services import (
    Occasion,
    Reply,
    save_score,
    update_answer,
)
from zhiyin.listen.responses.views.frame import (
    METHODS,
    lead_to,
    page,
    refused,
    visit_of,
)
from zhiyin.listen.surveys.queries import VersionSnapshot, published_version

LEAST_SECONDS = 0.8
QUESTIONS_WITHOUT_PROGRESS = 3


@csrf_exempt
@require_http_methods(METHODS)
def question(
    request: HttpRequest,
    slug: str,
    token: str = "",
    key: str = "",
) -> HttpResponse:
    """Ask the main question; save the click and go on."""
    try:
        visit = visit_of(request, slug, token, key)
    except VisitRefusedError as refusal:
        return refused(request, refusal)
    if request.method != "POST":
        wanted = clean_score(request.GET.get("score"))
        return _ask(request, visit, preselected=wanted)
    return _take(request, visit)


def _points(visit: Visit, chosen: float | None) -> list[dict[str, Any]]:
    item = visit.version.primary
    wording = item.wording(visit.language)
    labels = list(wording.get("labels") or ())
    ends = {
        item.scale_min: wording.get("low", ""),
        item.scale_max: wording.get("high", ""),
    }
    return [
        {
            "value": value,
            "label": labels[place] if place < len(labels) else "",
            "end": ends.get(value, ""),
            "is_chosen": value == chosen,
        }
        for place, value in enumerate(item.points)
    ]


def question_context(
    visit: Visit,
    *,
    preselected: int | None = None,
    problem: str = "",
) -> dict[str, Any]:
    """Return what the page of the main question shows."""
    item = visit.version.primary
    answer = given_answers(visit.response).get(item.code)
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
        "points": _points(visit, chosen if to_confirm is None else to_confirm),
        "to_confirm": to_confirm,
        "given": chosen,
        "problem": problem,
        "stamp": make_stamp(visit.version.pk),
    }


def _ask(
    request: HttpRequest,
    visit: Visit,
    *,
    preselected: int | None = None,
    problem: str = "",
) -> HttpResponse:
    context = question_context(visit, preselected=preselected, problem=problem)
    return page(request, "question", context, status=400 if problem else 200)


def _take(request: HttpRequest, visit: Visit) -> HttpResponse:
    score = clean_score(request.POST.get("score"))
    stamp = read_stamp(request.POST.get("stamp", ""))
    with translation.override(visit.language):
        if stamp is None or stamp.age_seconds > SENT_WITHIN_HOURS * 3600:
            problem = _("This page was open for too long. Please confirm your score.")
            return _ask(request, visit, preselected=score, problem=problem)
        try:
            save_score(
                occasion=_occasion(request, visit, stamp),
                score=-1 if score is None else score,
            )
        except ValueError as error:
            return _ask(request, visit, problem=str(error))
        except TooManyAnswersError:
            return _too_many(request, visit)
    is_first_click = not visit.visit_id and visit.invitation is None
    stamped = reverse("answer-visit", args=[visit.link.slug, request.POST["stamp"]])
    return lead_to(visit, "more/", stamped if is_first_click else visit.base)


def _occasion(request: HttpRequest, visit: Visit, stamp: Stamp) -> Occasion:
    is_public = visit.invitation is None
    counted = is_public and visit.response is None
    too_fast = is_public and stamp.age_seconds < LEAST_SECONDS
    return Occasion(
        link=visit.link,
        version=_version_shown(visit, stamp),
        language=visit.language,
        invitation=visit.invitation,
        visit=(visit.visit_id or stamp.visit_id) if is_public else "",
        sender=(client_address(request) or "") if counted else "",
        # A person does not see the field named website; a machine fills it in.
        is_suspect=too_fast or bool(request.POST.get("website")),
    )


def _version_shown(visit: Visit, stamp: Stamp) -> VersionSnapshot:
    """Return the wording the form showed: an answer belongs to what was read."""
    if visit.response is not None or stamp.version_pk == visit.version.pk:
        return visit.version
    return published_version(visit.link.instrument, stamp.version_pk) or visit.version


def _too_many(request: HttpRequest, visit: Visit) -> HttpResponse:
    context = {"kind": "too_many", "brand": visit.brand, "language": visit.language}
    response = page(request, "notice", context, status=429)
    response["Retry-After"] = "600"
    return response


@csrf_exempt
@require_http_methods(METHODS)
def more(
    request: HttpRequest,
    slug: str,
    token: str = "",
    key: str = "",
) -> HttpResponse:
    """Ask why, by class; save it as a later update of the same answer."""
    try:
        visit = visit_of(request, slug, token, key)
    except VisitRefusedError as refusal:
        return refused(request, refusal)
    if visit.response is None:
        return lead_to(visit)
    if request.method != "POST":
        return page(request, "more", more_context(visit))
    replies = read_replies(visit.version, request.POST)
    with translation.override(visit.language):
        try:
            update_answer(
                response=visit.response,
                version=visit.version,
                replies=replies,
                language=visit.language,
            )
        except ValueError as error:
            context = more_context(visit, replies=replies, problem=str(error))
            return page(request, "more", context, status=400)
    return lead_to(visit, "thanks/")


def more_context(
    visit: Visit,
    *,
    replies: dict[str, Reply] | None = None,
    problem: str = "",
    score: float | None = None,
) -> dict[str, Any]:
    """Return what the page of the follow-ups shows; what was typed is kept."""
    given = given_answers(visit.response)
    primary = given.get(visit.version.primary.code)
    shown = primary.score if primary and primary.score is not None else score
    items = followup_items(visit, given, shown or 0)
    for item in items:
        reply = (replies or {}).get(item["code"])
        if reply is not None:
            item.update(
                given_text=reply.text,
                given_choice=reply.choice,
                given_score=reply.score,
            )
    return {
        "visit": visit,
        "brand": visit.brand,
        "language": visit.language,
        "items": items,
        "score": shown,
        "has_progress": len(items) + 1 > QUESTIONS_WITHOUT_PROGRESS,
        "problem": problem,
    }
