"""Pages of questions: shown, taken in, and what comes after each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from zhiyin.listen.responses.forms import read_replies
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries import Visit
from zhiyin.listen.responses.queries.questions import questions_of
from zhiyin.listen.responses.services import Outcome, Reply, Sheet, save_page
from zhiyin.listen.responses.services.replies import value_of
from zhiyin.listen.responses.views.frame import lead_to, page, page_alike
from zhiyin.listen.surveys.queries.logic import Course, Page, course_of

QUESTIONS_WITHOUT_PROGRESS = 3


def course_now(visit: Visit, given: Mapping[str, Any] | None = None) -> Course:
    """Return what is asked on this visit, without the question asked alone at first."""
    values = (
        {code: value_of(answer) for code, answer in visit.given.items()}
        if given is None
        else given
    )
    course = course_of(visit.version, values, visit.known, visit.seed)
    opening = visit.version.opening
    if opening is None:
        return course
    pages = (
        Page(each.number, tuple(i for i in each.items if i is not opening))
        for each in course.pages
    )
    return dataclasses.replace(course, pages=tuple(p for p in pages if p.items))


def page_at(course: Course, number: int | None) -> Page | None:
    if number is None:
        return course.pages[0] if course.pages else None
    return course.page(number)


def sheet_context(
    visit: Visit,
    number: int | None,
    *,
    course: Course | None = None,
    typed: Mapping[str, Reply] | None = None,
    faults: Mapping[str, str] | None = None,
    problem: str = "",
) -> dict[str, Any]:
    """Return what a page of questions shows; what was typed is kept."""
    course = course or course_now(visit)
    shown = page_at(course, number) or Page(number or 1, ())
    state = {code: dataclasses.asdict(reply) for code, reply in (typed or {}).items()}
    items = questions_of(visit, shown.items, typed=state, faults=faults)
    opening = visit.version.opening
    answer = visit.given.get(opening.code) if opening else None
    titles = visit.version.page_settings(shown.number).get("titles") or {}
    is_first = course.before(shown.number) is None
    return {
        "visit": visit,
        "brand": visit.brand,
        "language": visit.language,
        "items": items,
        "score": answer.score if answer and is_first else None,
        "title": visit.filled(str(titles.get(visit.language) or "")),
        "is_first": is_first,
        "is_last": course.after(shown.number) is None,
        "has_required": any(item["is_required"] for item in items),
        "problem": problem,
        "faults": [item for item in items if item["fault"]],
        "action": f"more/{shown.number}/" if visit.response else "",
        **_progress(course, shown, has_opening=opening is not None),
    }


def _progress(course: Course, shown: Page, *, has_opening: bool) -> dict[str, Any]:
    numbers = [each.number for each in course.pages]
    steps = len(numbers) + has_opening
    place = numbers.index(shown.number) if shown.number in numbers else 0
    return {
        "step": place + 1 + has_opening,
        "steps_in_all": steps,
        "has_progress": len(numbers) > 1
        or len(shown.items) + has_opening > QUESTIONS_WITHOUT_PROGRESS,
    }


def show_page(request: HttpRequest, visit: Visit, number: int | None) -> HttpResponse:
    """Show a page; where it is asked no more, the first one that is."""
    course = course_now(visit)
    shown = page_at(course, number)
    if shown is None:
        return lead_to(visit, "more/" if course.pages else "thanks/")
    if _is_alike(visit, shown):
        score = next(iter(visit.given.values())).score
        codes = tuple(item.code for item in shown.items)
        steps = tuple(each.number for each in course.pages)
        key = (score, shown.number, codes, steps, visit.invitation is not None)
        return page_alike(
            request,
            "more",
            visit,
            key,
            lambda blank: sheet_context(blank, shown.number, course=course),
        )
    return page(request, "more", sheet_context(visit, number, course=course))


def _is_alike(visit: Visit, shown: Page) -> bool:
    """Tell whether a page is the same for all who have only clicked this score."""
    opening = visit.version.opening
    return (
        visit.is_alike
        and opening is not None
        and set(visit.given) == {opening.code}
        and not any(item.settings.get("is_shuffled") for item in shown.items)
    )


def take_page(request: HttpRequest, visit: Visit, number: int | None) -> HttpResponse:
    """Keep a page, and lead to what comes next: back, on, or to the thanks."""
    course = course_now(visit)
    shown = page_at(course, number)
    if shown is None:
        return lead_to(visit, "more/" if course.pages else "thanks/")
    way = request.POST.get("way", "")
    replies, outcome = keep_page(visit, shown, request.POST, way)
    if way == "back":
        return _lead_back(visit, course, shown.number)
    if outcome.faults:
        return _show_faults(request, visit, shown, replies, outcome)
    return _lead_on(visit, outcome)


def keep_page(
    visit: Visit,
    shown: Page,
    data: QueryDict,
    way: str = "on",
) -> tuple[dict[str, Reply], Outcome]:
    """Keep what was sent of a page; return what was read and what became of it."""
    replies = {} if way == "skip" else read_replies(shown.items, data)
    outcome = save_page(
        response=_row(visit),
        sheet=Sheet(
            version=visit.version,
            items=shown.items,
            replies=replies,
            language=visit.language,
            number=shown.number,
            known=visit.known,
            way=way if way in {"back", "skip"} else "on",
        ),
        before=visit.given.values(),
        invitation_id=visit.invitation.pk if visit.invitation else None,
    )
    return replies, outcome


def _row(visit: Visit) -> Response:
    if visit.response is None:
        message = "a page is taken of a response that was begun"
        raise ValueError(message)
    return visit.response


def _lead_back(visit: Visit, course: Course, number: int) -> HttpResponse:
    before = course.before(number)
    return lead_to(visit, f"more/{before}/" if before is not None else "")


def _lead_on(visit: Visit, outcome: Outcome) -> HttpResponse:
    if outcome.next_page is None:
        # Whoever came too late is told so at the same address as who is thanked.
        return lead_to(visit, "thanks/")
    return lead_to(visit, f"more/{outcome.next_page}/")


def _show_faults(
    request: HttpRequest,
    visit: Visit,
    shown: Page,
    replies: Mapping[str, Reply],
    outcome: Outcome,
) -> HttpResponse:
    # Read again: what was valid is kept, and may have brought up other questions.
    fresh = dataclasses.replace(visit)
    course = course_now(fresh)
    if course.page(shown.number) is None:
        return lead_to(visit, "more/")
    context = sheet_context(
        fresh,
        shown.number,
        course=course,
        typed=replies,
        faults=outcome.faults,
    )
    return page(request, "more", context, status=400)


def complete_without_more(visit: Visit) -> HttpResponse:
    """Complete an answer after which nothing is asked."""
    return _lead_on(visit, completed_at_once(visit))


def completed_at_once(visit: Visit) -> Outcome:
    """Complete an answer after which nothing is asked; return what became of it."""
    number = max((item.page for item in visit.version.items), default=1)
    return keep_page(visit, Page(number, ()), QueryDict())[1]
