"""The frame of a wave: every customer in it, or left out of it for one reason."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import FrameMember, FrameState, Programme, Wave
from zhiyin.listen.programs.queries.facts import (
    customer_facts,
    fields_named,
    known_fields,
)
from zhiyin.listen.programs.queries.judging import RESTS, left_out
from zhiyin.listen.programs.queries.sampling import Sampling, allocate, stable_share

# What is known of customers lies in files: few large reads are faster than many.
CHUNK = 5000
NO_STRATUM = "–"
LONGEST_STRATUM = 80


@dataclass
class Frame:
    """Customers in the frame as columns, and how many were left out and why.

    `looked_at` is how many of `there_are` customers were judged; they differ only
    where a count was wanted and there are too many to count while a person waits.
    """

    there_are: int = 0
    looked_at: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    customers: array[int] = field(default_factory=lambda: array("q"))
    draws: array[float] = field(default_factory=lambda: array("d"))
    strata: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return how many are in the frame."""
        return len(self.customers)

    @property
    def is_whole(self) -> bool:
        """Tell whether every customer was looked at."""
        return self.looked_at == self.there_are

    def sizes(self) -> dict[str, int]:
        """Return how many each stratum has, the largest first."""
        return dict(Counter(self.strata).most_common())

    def wanted(self, programme: Programme) -> int:
        """Return how many are to be invited."""
        size = Sampling.of(programme).size
        if size:
            return min(size, self.size)
        return round(self.size * programme.sampling_share)


def scan(
    programme: Programme, wave: Wave | None, *, most: int | None = None
) -> Iterator[Frame]:
    """Judge all customers, and yield the growing frame after every few thousand.

    `most` stops after so many customers: they are those with the lowest numbers, and
    the frame says that it is not whole.
    """
    rows = Customer.objects.of(programme.organisation_id)
    frame = Frame(there_are=rows.count())
    pilot: list[str] = []
    if programme.pk:
        pilot = list(programme.pilot_departments.values_list("path", flat=True))
    last = 0
    while most is None or frame.looked_at < most:
        size = CHUNK if most is None else min(CHUNK, most - frame.looked_at)
        rest = rows.filter(pk__gt=last).select_related("department")
        chunk = list(rest.order_by("pk")[:size])
        if not chunk:
            break
        _judge(frame, programme, wave, chunk, pilot)
        last = chunk[-1].pk
        yield frame
    if not frame.looked_at:
        yield frame


def _judge(
    frame: Frame,
    programme: Programme,
    wave: Wave | None,
    chunk: Sequence[Customer],
    pilot: Sequence[str],
) -> None:
    numbers = [one.pk for one in chunk]
    fields = known_fields(numbers, fields_named(programme))
    resting = _resting(programme, wave, numbers)
    code = wave.code if wave else ""
    for customer in chunk:
        facts = customer_facts(customer, fields.get(customer.pk, {}))
        path = customer.department.path if customer.department else None
        reason = left_out(programme, customer, facts, path=path, pilot=pilot)
        if not reason and customer.pk in resting:
            reason = RESTS
        if reason:
            frame.left_out[reason] += 1
            continue
        frame.customers.append(customer.pk)
        frame.draws.append(stable_share(programme.code, code, customer.key_hash))
        if customer.department is not None:
            # People know departments by name.
            facts["customer.department"] = customer.department.name
        named = [str(facts.get(name) or NO_STRATUM) for name in programme.strata]
        frame.strata.append(" / ".join(named)[:LONGEST_STRATUM])
    frame.looked_at += len(chunk)


def _resting(
    programme: Programme, wave: Wave | None, customers: Sequence[int]
) -> set[int]:
    """Return those who were asked in the last waves and rest in this one."""
    rest = Sampling.of(programme).rest_waves
    if not rest or not programme.pk:
        return set()
    earlier = Wave.objects.filter(programme=programme)
    if wave is not None and wave.pk:
        earlier = earlier.filter(starts_on__lt=wave.starts_on)
    recent = list(earlier.order_by("-starts_on").values_list("pk", flat=True)[:rest])
    asked = FrameMember.objects.filter(
        wave__in=recent,
        customer__gte=customers[0],
        customer__lte=customers[-1],
        state=FrameState.SENT,
    )
    return set(asked.values_list("customer_id", flat=True))


def allocation(
    programme: Programme, frame: Frame, spreads: dict[str, float] | None = None
) -> dict[str, int]:
    """Return how many of each stratum are invited."""
    return allocate(
        frame.wanted(programme),
        frame.sizes(),
        how=Sampling.of(programme).allocation,
        spreads=spreads,
    )
