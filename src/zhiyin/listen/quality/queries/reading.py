"""Answers of a time read into the columns that the rules look at."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zoneinfo
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from zhiyin.accounts.models import Organisation
from zhiyin.common.columns import MICROSECONDS, moment_sql, read_columns
from zhiyin.listen.customers.models import Audience
from zhiyin.listen.programs.models import Wave
from zhiyin.listen.quality.queries.rules import Answers, Codes, Floats
from zhiyin.listen.responses.models import ExclusionReason

_NOISE = re.compile(r"[\W_]+")
# What a person took out stays out for that reason and is not judged again; spam is
# suspected on arrival.
COUNTED = ("", ExclusionReason.SUSPECTED_SPAM)


def bounds(
    organisation: Organisation, since: dt.date, until: dt.date
) -> tuple[dt.datetime, dt.datetime]:
    """Return the moments between which days lie, in the organisation's own time."""
    zone = zoneinfo.ZoneInfo(organisation.time_zone)
    first = dt.datetime.combine(since, dt.time(), zone)
    last = dt.datetime.combine(until + dt.timedelta(1), dt.time(), zone)
    return first.astimezone(dt.UTC), last.astimezone(dt.UTC)


def answers_between(
    organisation: Organisation, since: dt.date, until: dt.date, least_characters: int
) -> Answers:
    """Return the answers given from one day to another that nobody took out."""
    first, last = bounds(organisation, since, until)
    times = ("r.responded_at", "r.started_at", "r.completed_at", "i.expires_at")
    columns = (
        read_columns(
            "select r.id, r.customer_id, c.is_test, c.is_staff, c.audience,"  # noqa: S608
            " v.instrument_id, r.instrument_version_id, r.channel, r.touchpoint,"
            f" r.wave, r.comment, {', '.join(map(moment_sql, times))}"
            " from responses_response r"
            " join surveys_instrumentversion v on v.id = r.instrument_version_id"
            " left join customers_customer c on c.id = r.customer_id"
            " left join programs_invitation i on i.id = r.invitation_id"
            " where r.organisation_id = %s and r.responded_at >= %s"
            " and r.responded_at < %s and r.excluded = ''"
            " order by r.responded_at, r.id",
            [organisation.pk, first, last],
        )
        or [()] * 15
    )
    pk, customer, is_test, is_staff, audience, *asked = columns
    instrument, version, channel, touchpoint, wave, comment, *times_of = asked
    at, started, completed, expires = map(_times, times_of)
    ends = wave_ends(organisation)
    points, is_one_point = _points(organisation, first, last, pk)
    own = [kind == Audience.EMPLOYEE for kind in audience]
    return Answers(
        pk=np.array(pk, dtype=np.int64),
        customer=np.array([one or 0 for one in customer], dtype=np.int64),
        is_test=np.array([bool(one) for one in is_test], dtype=bool),
        is_staff=np.array(
            [
                bool(one) and not is_own
                for one, is_own in zip(is_staff, own, strict=True)
            ],
            dtype=bool,
        ),
        occasion=_codes(zip(instrument, touchpoint, wave, strict=True)),
        pace=_codes(zip(version, channel, strict=True)),
        at=at,
        closes_at=np.fmin(expires, np.array([ends.get(one, np.nan) for one in wave])),
        duration=completed - started,
        words=_codes(_plain(text, least_characters) for text in comment),
        points=points,
        is_one_point=is_one_point,
    )


def wave_ends(organisation: Organisation) -> dict[str, float]:
    """Return when each wave was over, in seconds, by its code."""
    zone = zoneinfo.ZoneInfo(organisation.time_zone)
    rows = Wave.objects.of(organisation).values_list("code", "ends_on")
    return {
        code: dt.datetime.combine(day + dt.timedelta(1), dt.time(), zone).timestamp()
        for code, day in rows
    }


def _times(moments: Sequence[int | None]) -> Floats:
    whole = [np.nan if one is None else one / MICROSECONDS for one in moments]
    return np.array(whole, dtype=float)


def _codes(values: Iterable[Any]) -> Codes:
    """Return a number for every different value; 0 for "" and None."""
    numbers: dict[Any, int] = {"": 0, None: 0}
    coded = [numbers.setdefault(value, len(numbers)) for value in values]
    return np.array(coded, dtype=np.int64)


def _plain(text: str, least: int) -> str:
    """Return the words without marks and spaces, "" where they say too little."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())
    return plain if len(plain) >= least else ""


def _points(
    organisation: Organisation,
    first: dt.datetime,
    last: dt.datetime,
    pks: Sequence[int],
) -> tuple[Codes, Any]:
    """Return how many points were given beside the main one, and if all are equal."""
    columns = read_columns(
        "select a.response_id, count(*), min(a.score) = max(a.score)"
        " from responses_answer a"
        " join responses_response r on r.id = a.response_id"
        " where r.organisation_id = %s and r.responded_at >= %s"
        " and r.responded_at < %s and r.excluded = ''"
        " and a.score is not null and not a.is_primary group by a.response_id",
        [organisation.pk, first, last],
    ) or [(), (), ()]
    counted = dict(zip(columns[0], zip(*columns[1:], strict=True), strict=True))
    found = [counted.get(pk, (0, False)) for pk in pks]
    count = np.array([number for number, _same in found], dtype=np.int64)
    return count, np.array([bool(same) for _number, same in found], dtype=bool)
