"""Reads of calls: payloads of call centres, sources and their calls."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.dateparse import parse_datetime

from zhiyin.accounts.models import Person
from zhiyin.common import clock
from zhiyin.listen.calls.models import Fault, IvrCall, IvrSource

LONGEST_ID, LONGEST_TEXT, LONGEST_PRESSED = 160, 80, 40
STAR, TEN = "*", 10
CLOCK_SLACK = dt.timedelta(minutes=5)
FIRST_YEAR = 2000
# The shape that Yeastar's telephone systems send once a caller has pressed a key.
SATISFACTION = "satisfaction"


class NotThisError(ValueError):
    """A telephone system tells of something else than a pressed key."""


@dataclass(frozen=True)
class Told:
    """One call as it was told, in one spelling whichever shape it came in."""

    call_id: str = ""
    pressed: str = ""
    caller: str = ""
    agent: str = ""
    department: str = ""
    language: str = ""
    at: dt.datetime | None = None
    fault: str = ""

    @property
    def score(self) -> int | None:
        """Return what the key stands for; None where it is none.

        One key cannot say 10: the star does. A menu that waits for two digits may
        send "10".
        """
        if self.pressed == STAR:
            return TEN
        is_key = self.pressed.isascii() and self.pressed.isdecimal()
        return int(self.pressed) if is_key and int(self.pressed) <= TEN else None


def read_payload(source: IvrSource, body: bytes) -> Told:
    """Return what a call centre told, in our form or in Yeastar's.

    What is wrong with it is `fault`. Raises NotThisError for other events.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return Told(fault=Fault.UNREADABLE)
    if not isinstance(given, dict):
        return Told(fault=Fault.UNREADABLE)
    if "surveyresult" in given or "action" in given:
        if given.get("action", SATISFACTION) != SATISFACTION:
            raise NotThisError
        told_id, key = _text(given, "callid"), "surveyresult"
        serial = _text(given, "sn")
        call_id = f"{serial}:{told_id}" if told_id and serial else told_id
    else:
        call_id, key = _text(given, "call_id"), "key"
    at, is_readable = _moment(_text(given, "answered_at"))
    told = Told(
        call_id=call_id if len(call_id) <= LONGEST_ID else "",
        pressed=_text(given, key)[:LONGEST_PRESSED],
        caller=_text(given, source.caller_field)[:LONGEST_TEXT],
        agent=_text(given, source.agent_field)[:LONGEST_TEXT],
        department=_text(given, source.department_field)[:LONGEST_TEXT],
        language=_text(given, "language"),
        at=at,
    )
    return _judged(told, is_readable=is_readable)


def _judged(told: Told, *, is_readable: bool) -> Told:
    fault = ""
    if not told.call_id:
        fault = Fault.NO_CALL_ID
    elif not told.pressed:
        fault = Fault.NO_KEY
    elif told.score is None:
        fault = Fault.NOT_A_KEY
    elif not is_readable:
        fault = Fault.BAD_TIME
    return Told(**{**told.__dict__, "fault": str(fault)})


def _text(given: dict[str, Any], name: str) -> str:
    """Return a field as text; a number is written out, anything else is nothing."""
    value = given.get(name) if name else None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    # A lone half of a surrogate pair is valid JSON, and no database keeps it.
    plain = str(value).encode(errors="ignore").decode()
    return plain.replace("\x00", "").strip()


def _moment(text: str) -> tuple[dt.datetime | None, bool]:
    """Return the moment, and whether it could be read; nothing is now."""
    if not text:
        return None, True
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None, False
    if moment is None or moment.tzinfo is None:
        return None, False
    is_past = moment.year >= FIRST_YEAR and moment <= clock.now() + CLOCK_SLACK
    return moment, is_past


def sources_of(person: Person) -> QuerySet[IvrSource]:
    """Return the sources a person may know of, with the counts of their calls."""
    rows = IvrSource.objects.visible_to(person).select_related(
        "organisation",
        "link__organisation",
        "link__instrument",
        "link__touchpoint",
        "link__wave",
    )
    return rows.annotate(
        answered=Count("calls", filter=Q(calls__response__isnull=False)),
        rejected=Count("calls", filter=Q(calls__response__isnull=True)),
        last_at=Max("calls__received_at"),
    ).order_by("name", "pk")


def calls_of(person: Person, source: IvrSource, *, rejected: bool) -> QuerySet[IvrCall]:
    """Return what a source told of, the newest first."""
    rows = IvrCall.objects.visible_to(person).filter(source=source)
    if rejected:
        rows = rows.filter(response=None)
    return rows.select_related("response")
