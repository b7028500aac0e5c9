"""Waves that come by themselves, and their frames drawn in the background."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import (
    Cadence,
    FrameMember,
    FrameState,
    Programme,
    Trigger,
    Wave,
)
from zhiyin.listen.programs.queries.calendar import (
    DAY,
    code_of_period,
    end_of,
    period_of,
    today_of,
    turn_of,
    weekdays,
)
from zhiyin.listen.programs.queries.facts import fields_kept, known_fields
from zhiyin.listen.programs.queries.frames import Frame, allocation, scan
from zhiyin.listen.programs.queries.judging import RESERVE
from zhiyin.listen.programs.queries.rates import spreads_of
from zhiyin.listen.programs.queries.sampling import draw, stable_share

ROWS_PER_QUERY = 60
CUSTOMERS_PER_BATCH = 900
# A worker that has not said anything for so long is dead.
CLAIM = dt.timedelta(minutes=10)


def tend_waves() -> bool:
    """Begin the waves that are due, and draw one frame; True when there may be more."""
    live = Programme.objects.filter(is_live=True, trigger=Trigger.WAVE)
    for programme in live.select_related("organisation"):
        begin_wave(programme=programme)
    wave = _claimed()
    if wave is None:
        return False
    draw_frame(wave=wave)
    return True


@transaction.atomic
def begin_wave(*, programme: Programme) -> Wave | None:
    """Make the wave of today if the programme's cadence wants one; return a new one."""
    today = today_of(programme.organisation)
    period = _period(programme, today)
    if period is None:
        return None
    code = code_of_period(programme, period[0])[:60]
    with override(programme.organisation.language):
        name = _("%(programme)s from %(day)s") % {
            "programme": programme.name,
            "day": period[0].isoformat(),
        }
    wave, is_new = Wave.objects.get_or_create(
        organisation=programme.organisation,
        code=code,
        defaults={
            "programme": programme,
            "name": name[:120],
            "starts_on": period[0],
            "ends_on": period[1],
        },
    )
    if not is_new:
        return None
    record(action="wave.begun", target=wave)
    return wave


def _period(programme: Programme, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """Return the days of a wave that is missing, or None."""
    waves = Wave.objects.filter(programme=programme)
    if waves.filter(starts_on__lte=today, ends_on__gte=today).exists():
        return None
    if programme.cadence == Cadence.ONCE:
        return None
    if programme.cadence == Cadence.SPREAD:
        return today, today + DAY * (programme.cadence_days - 1)
    return period_of(programme.cadence, today)


def _claimed() -> Wave | None:
    """Take one wave whose frame is to be drawn; a dead worker's wave again."""
    now = clock.now()
    free = Q(frame_claimed_at=None) | Q(frame_claimed_at__lt=now - CLAIM)
    waiting = Wave.objects.filter(
        free, programme__is_live=True, frame_built_at=None
    ).select_related("programme__organisation", "organisation")
    for wave in waiting:
        today = today_of(wave.organisation)
        if not wave.starts_on <= today <= wave.ends_on:
            continue
        mine = Wave.objects.filter(free, pk=wave.pk).update(frame_claimed_at=now)
        if mine:
            return wave
    return None


def draw_frame(*, wave: Wave) -> Wave:
    """Judge all customers, draw the sample, and keep it with what became of the rest.

    Doing it again draws the same: a worker that dies in between leaves members that
    the next one finds already there.
    """
    programme = wave.programme
    if programme is None:
        raise ValueError("a wave without a programme has no frame")
    frame = Frame()
    for frame in scan(programme, wave):  # noqa: B007 the last one is the whole
        _beat(wave)
    given = allocation(programme, frame, spreads_of(programme))
    wanted = dict(given)
    sizes = frame.sizes()
    is_sample = frame.wanted(programme) < frame.size
    spare = {
        name: min(count, sizes[name] - count) if is_sample else 0
        for name, count in given.items()
    }
    both = {name: given[name] + spare[name] for name in given}
    drawn = draw(frame.draws, frame.strata, both)
    for batch in _batches(drawn):
        _keep(wave, programme, frame, batch, given)
        _beat(wave)
    wave.frame_counts = {
        "customers": frame.there_are,
        "left_out": dict(frame.left_out),
        "frame": frame.size,
        "not_drawn": frame.size - wave.frame.count(),
        "strata": {
            name: {"size": sizes[name], "wanted": count}
            for name, count in wanted.items()
        },
    }
    wave.frame_built_at = clock.now()
    wave.save(update_fields=["frame_counts", "frame_built_at"])
    record(action="wave.drawn", target=wave, frame=frame.size, drawn=len(drawn))
    return wave


def _beat(wave: Wave) -> None:
    Wave.objects.filter(pk=wave.pk).update(frame_claimed_at=clock.now())


def _batches(places: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(places), CUSTOMERS_PER_BATCH):
        yield places[start : start + CUSTOMERS_PER_BATCH]


def _keep(
    wave: Wave,
    programme: Programme,
    frame: Frame,
    places: Sequence[int],
    left: dict[str, int],
) -> None:
    """Keep one batch in the order of the draw; `left` is how many are still invited."""
    numbers = [frame.customers[place] for place in places]
    customers = Customer.objects.in_bulk(numbers)
    fields = known_fields(numbers, fields_kept(programme))
    due = _Due(wave, programme)
    now, made = clock.now(), []
    for place, number in zip(places, numbers, strict=True):
        customer, stratum = customers.get(number), frame.strata[place]
        if customer is None:
            continue
        is_asked = left[stratum] > 0
        left[stratum] -= 1
        made.append(
            FrameMember(
                organisation_id=wave.organisation_id,
                programme=programme,
                wave=wave,
                customer=customer,
                key=f"wave:{wave.pk}:{number}",
                stratum=stratum,
                department_id=customer.department_id,
                attributes=fields.get(number, {}),
                state=FrameState.WAITING if is_asked else FrameState.NOT_SAMPLED,
                reason="" if is_asked else RESERVE,
                due_at=due.of(customer),
                expires_at=due.ends_at,
                created_at=now,
                settled_at=None if is_asked else now,
            )
        )
    FrameMember.objects.bulk_create(
        made, batch_size=ROWS_PER_QUERY, ignore_conflicts=True
    )


class _Due:
    """When each customer's turn in a wave comes."""

    def __init__(self, wave: Wave, programme: Programme) -> None:
        self.programme = programme
        self.zone = zoneinfo.ZoneInfo(wave.organisation.time_zone)
        self.days = weekdays(wave.starts_on, wave.ends_on)
        self.ends_at = end_of(wave)

    def of(self, customer: Customer) -> dt.datetime:
        """Return the customer's turn; without spreading it is the first morning."""
        share = 0.0
        if self.programme.cadence == Cadence.SPREAD:
            share = stable_share("turn", self.programme.code, customer.key_hash)
        return turn_of(share, self.days, self.zone)
