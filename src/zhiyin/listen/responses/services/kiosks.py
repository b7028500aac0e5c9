"""Answers that a kiosk kept while it was offline, taken in whole and once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from zhiyin.common import clock
from zhiyin.common.clock import day_of
from zhiyin.common.rows import update_row
from zhiyin.listen.programs.models import Channel, KioskDevice
from zhiyin.listen.programs.services.kiosks import note_kiosk_answer
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries.arrivals import Arrival
from zhiyin.listen.responses.queries.kiosks import known_at
from zhiyin.listen.responses.queries.visits import given_answers
from zhiyin.listen.responses.services.followups import Sheet, save_page
from zhiyin.listen.responses.services.replies import Reply, value_of
from zhiyin.listen.responses.services.scores import (
    Occasion,
    begin_response,
    save_score,
)
from zhiyin.listen.surveys.queries import (
    ItemSnapshot,
    VersionSnapshot,
    published_version,
)
from zhiyin.listen.surveys.queries.logic import course_of

LEAST_SECONDS = 0.8
# An answer goes through every page once; more rounds than this mean nothing new.
MOST_PAGES = 100
RepliesOf = Callable[[Iterable[ItemSnapshot]], dict[str, Reply]]


@dataclass(frozen=True)
class KioskReply:
    """One answer as a device kept it; its times are those of the device's clock."""

    key: str
    version_pk: int
    language: str
    began_at: dt.datetime
    finished_at: dt.datetime
    is_complete: bool
    replies_of: RepliesOf


@transaction.atomic
def take_kiosk_answer(
    *, device: KioskDevice, given: KioskReply, offset_seconds: float
) -> bool:
    """Save one answer; False where the same key has arrived before.

    Times are moved by how far our clock is ahead of the device's, and never lie in
    the future. Raises ValueError for what the questionnaire does not ask.
    """
    version = published_version(device.link.instrument, given.version_pk)
    if version is None:
        message = f"version {given.version_pk} does not belong to this kiosk"
        raise ValueError(message)
    device_at, received_at = given.finished_at, clock.now()
    if version.is_anonymous:
        device_at, received_at = day_of(device_at), day_of(received_at)
    is_new = note_kiosk_answer(
        device=device,
        key=given.key,
        device_at=device_at,
        offset_seconds=offset_seconds,
        received_at=received_at,
    )
    if is_new:
        response = _begun(device, version, given)
        is_complete = _walked(device, version, given, response)
        _set_times(response, version, given, offset_seconds, is_complete=is_complete)
    return is_new


def _begun(
    device: KioskDevice, version: VersionSnapshot, given: KioskReply
) -> Response:
    lasted = (given.finished_at - given.began_at).total_seconds()
    occasion = Occasion(
        link=device.link,
        version=version,
        language=_language(version, given),
        visit=f"kiosk.{device.pk}.{given.key}",
        is_suspect=lasted < LEAST_SECONDS,
        arrival=Arrival(channel=Channel.KIOSK, department_id=device.department_id),
    )
    opening = version.opening
    if opening is None:
        return begin_response(occasion=occasion)
    score = given.replies_of([opening])[opening.code].score
    return save_score(
        occasion=occasion, score=-1 if score is None else score, item=opening.code
    )


def _language(version: VersionSnapshot, given: KioskReply) -> str:
    offered = version.languages
    return given.language if given.language in offered else offered[0]


def _walked(
    device: KioskDevice,
    version: VersionSnapshot,
    given: KioskReply,
    response: Response,
) -> bool:
    """Go through the pages as the page for browsers does; tell whether to the end."""
    language = _language(version, given)
    known = known_at(device, language)
    number: int | None = 0
    for _round in range(MOST_PAGES):
        before = given_answers(response)
        values = {code: value_of(answer) for code, answer in before.items()}
        course = course_of(version, values, known)
        number = course.after(number) if number is not None else None
        shown = course.page(number) if number is not None else None
        items = shown.items if shown else ()
        last = max((item.page for item in version.items), default=1)
        outcome = save_page(
            response=response,
            sheet=Sheet(
                version=version,
                items=items,
                replies=given.replies_of(items),
                language=language,
                number=number or last,
                known=known,
                way="on" if given.is_complete else "back",
            ),
            before=before.values(),
        )
        if shown is None or outcome.faults or outcome.is_complete:
            return outcome.is_complete
        if outcome.next_page == number:
            number = (number or 1) - 1
    return False


def _set_times(
    response: Response,
    version: VersionSnapshot,
    given: KioskReply,
    offset_seconds: float,
    *,
    is_complete: bool,
) -> None:
    offset, latest = dt.timedelta(seconds=offset_seconds), clock.now()
    finished = min(given.finished_at + offset, latest)
    began = min(given.began_at + offset, finished)
    if version.is_anonymous:
        began, finished = day_of(began), day_of(finished)
    response.started_at, response.responded_at = began, finished
    response.updated_at = day_of(latest) if version.is_anonymous else latest
    changed = ["started_at", "responded_at", "updated_at"]
    if is_complete:
        response.completed_at = finished
        changed.append("completed_at")
    update_row(response, *changed)
