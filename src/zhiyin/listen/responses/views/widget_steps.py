"""The steps of an answer given in a widget; the same rules as on the answer page."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from zhiyin.common import clock
from zhiyin.common.network import client_address
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import Widget
from zhiyin.listen.programs.services.widgets import (
    count_widget,
    may_ask,
    note_widget_answer,
)
from zhiyin.listen.responses.forms import clean_score, read_replies
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries import (
    SENT_WITHIN_HOURS,
    Stamp,
    Visit,
    VisitRefusedError,
    make_stamp,
    open_visit,
    read_stamp,
    version_shown,
)
from zhiyin.listen.responses.queries.arrivals import Arrival
from zhiyin.listen.responses.queries.questions import questions_of
from zhiyin.listen.responses.services import (
    Occasion,
    Outcome,
    Reply,
    begin_response,
    quota_that_is_full,
    save_score,
)
from zhiyin.listen.responses.services.recognising import read_visitor, recognise
from zhiyin.listen.responses.views import answering
from zhiyin.listen.responses.views.afterwards import thanks_context
from zhiyin.listen.responses.views.sheets import (
    completed_at_once,
    course_now,
    keep_page,
    page_at,
    sheet_context,
)
from zhiyin.listen.surveys.queries.logic import Course, Page

# The page of the question that is asked alone at first.
OPENING = 0


def _visit(request: HttpRequest, widget: Widget, language: str, key: str = "") -> Visit:
    return open_visit(
        widget.link.slug,
        key=key,
        language=language,
        accept=request.headers.get("Accept-Language", ""),
    )


def _language(content: Mapping[str, Any]) -> str:
    return str(content.get("lang") or "")


def begin(
    request: HttpRequest,
    widget: Widget,
    content: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the first page with a stamp, or that this visitor is not asked."""
    if not widget.is_live:
        return {"asked": False, "reason": "closed"}
    arrival = recognise(widget=widget, visitor=read_visitor(content.get("who")))
    visit = _visit(request, widget, _language(content))
    visit = dataclasses.replace(visit, arrival=arrival)
    if quota_that_is_full(visit.version, visit.known):
        return {"asked": False, "reason": "quota_full"}
    if not _is_due(widget, arrival):
        return {"asked": False, "reason": "contact_policy"}
    count_widget(widget=widget, shown=1)
    return {"asked": True, **first_page(visit)}


def _is_due(widget: Widget, arrival: Arrival) -> bool:
    if arrival.customer_id is None:
        return True
    customer = Customer.objects.get(pk=arrival.customer_id)
    return may_ask(widget=widget, customer=customer)


def first_page(visit: Visit) -> dict[str, Any]:
    """Return the stamp of a fresh visit, and the page it begins with."""
    stamp = make_stamp(visit.version.pk)
    drawn = read_stamp(stamp)
    seeded = dataclasses.replace(visit, visit_id=drawn.visit_id if drawn else "")
    with translation.override(visit.language):
        return {
            "stamp": stamp,
            "lang": visit.language,
            "page": shown_first(seeded),
        }


def shown_first(visit: Visit, faults: Mapping[str, str] | None = None) -> Any:
    """Return the first page: the opening question alone, or a page of questions."""
    opening = visit.version.opening
    if opening is None:
        shown = page_at(course_now(visit), None) or Page(1, ())
        return shown_page(visit, shown, faults=faults)
    items = questions_of(visit, [opening], faults=faults)
    return {"number": OPENING, "items": items, "title": "", "is_last": False}


def shown_page(
    visit: Visit,
    shown: Page,
    *,
    course: Course | None = None,
    typed: Mapping[str, Reply] | None = None,
    faults: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a page of questions as the script draws it."""
    course = course or course_now(visit)
    context = sheet_context(
        visit, shown.number, course=course, typed=typed, faults=faults
    )
    parts = ("items", "title", "is_last")
    return {"number": shown.number, **{name: context[name] for name in parts}}


def go_on(
    request: HttpRequest,
    widget: Widget,
    content: Mapping[str, Any],
    fields: QueryDict,
) -> dict[str, Any]:
    """Save what was sent of a page; return the next page, or the thanks."""
    key = str(content.get("stamp") or "")
    stamp = read_stamp(key)
    if stamp is None or stamp.age_seconds > SENT_WITHIN_HOURS * 3600:
        raise ValueError(_("This page was open for too long. Please send it again."))
    visit = _visit_going_on(request, widget, _language(content), key)
    number = content.get("page")
    with translation.override(visit.language):
        if visit.response is not None and number != OPENING:
            return _page(visit, number if isinstance(number, int) else None, fields)
        occasion = _occasion(request, widget, visit, stamp)
        if visit.response is None:
            arrival = recognise(widget=widget, visitor=read_visitor(content.get("who")))
            occasion = dataclasses.replace(occasion, arrival=arrival)
            _refuse_where_full(dataclasses.replace(visit, arrival=arrival))
        if occasion.version.opening is None:
            return _begin(widget, visit, occasion, fields)
        return _score(widget, visit, occasion, fields)


def _visit_going_on(
    request: HttpRequest, widget: Widget, language: str, key: str
) -> Visit:
    """Return the visit a stamp belongs to: one that has answered, or a fresh one."""
    try:
        return _visit(request, widget, language, key)
    except VisitRefusedError as refusal:
        if refusal.kind != "not_found" or not widget.is_live:
            raise
        return _visit(request, widget, language)


def _refuse_where_full(visit: Visit) -> None:
    if quota_that_is_full(visit.version, visit.known):
        kind = "quota_full"
        raise VisitRefusedError(kind, visit.link, visit.language)


def _occasion(
    request: HttpRequest, widget: Widget, visit: Visit, stamp: Stamp
) -> Occasion:
    is_first = visit.response is None
    return Occasion(
        link=widget.link,
        version=version_shown(visit, stamp.version_pk),
        language=visit.language,
        visit=stamp.visit_id,
        sender=(client_address(request) or "") if is_first else "",
        is_suspect=is_first and stamp.age_seconds < answering.LEAST_SECONDS,
        began_at=clock.now() - dt.timedelta(seconds=stamp.age_seconds),
    )


def _going_on(visit: Visit, occasion: Occasion, response: Response) -> Visit:
    return dataclasses.replace(
        visit,
        version=occasion.version,
        response=response,
        visit_id=occasion.visit,
        read=None,
    )


def _note_first(widget: Widget, visit: Visit, response: Response) -> None:
    if visit.response is not None:
        return
    count_widget(widget=widget, answered=1)
    if response.customer_id is not None:
        note_widget_answer(widget=widget, customer_id=response.customer_id)


def _score(
    widget: Widget, visit: Visit, occasion: Occasion, fields: QueryDict
) -> dict[str, Any]:
    opening = occasion.version.opening or occasion.version.primary
    score = clean_score(fields.get(f"item-{opening.code}"))
    given = -1 if score is None else score
    try:
        response = save_score(occasion=occasion, score=given, item=opening.code)
    except ValueError as error:
        seeded = dataclasses.replace(visit, version=occasion.version)
        return {"page": shown_first(seeded, {opening.code: str(error)})}
    _note_first(widget, visit, response)
    going_on = _going_on(visit, occasion, response)
    course = course_now(going_on)
    if not course.pages:
        return _after(going_on, completed_at_once(going_on))
    return {"page": shown_page(going_on, course.pages[0])}


def _begin(
    widget: Widget, visit: Visit, occasion: Occasion, fields: QueryDict
) -> dict[str, Any]:
    """Take a first page of questions; nothing is begun before something is said."""
    fresh = dataclasses.replace(
        visit,
        version=occasion.version,
        visit_id=occasion.visit,
        arrival=occasion.arrival,
    )
    shown = page_at(course_now(fresh), None) or Page(1, ())
    replies = read_replies(shown.items, fields)
    required = [item.code for item in shown.items if item.is_required]
    if required and not any(reply.says_anything for reply in replies.values()):
        faults = dict.fromkeys(required, _("Please answer this question."))
        return {"page": shown_first(fresh, faults)}
    response = begin_response(occasion=occasion)
    _note_first(widget, visit, response)
    return _page(_going_on(fresh, occasion, response), None, fields)


def _page(visit: Visit, number: int | None, fields: QueryDict) -> dict[str, Any]:
    shown = page_at(course_now(visit), number)
    if shown is None:
        return _after(visit, completed_at_once(visit))
    replies, outcome = keep_page(visit, shown, fields)
    fresh = dataclasses.replace(visit, read=None)
    if outcome.faults:
        page = shown_page(fresh, shown, typed=replies, faults=outcome.faults)
        return {"page": page}
    return _after(fresh, outcome)


def _after(visit: Visit, outcome: Outcome) -> dict[str, Any]:
    shown = None
    if outcome.next_page is not None:
        shown = page_at(course_now(visit), outcome.next_page)
    if shown is not None:
        return {"page": shown_page(visit, shown)}
    return thanks_of(visit)


def thanks_of(visit: Visit) -> dict[str, Any]:
    """Return the words after the last page."""
    context = thanks_context(visit)
    return {"done": True, "thanks": context["thanks"], "next": context["next"]}
