"""The organisation's own response rates, and how widely its answers spread."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from django.db.models import Count, Q

from cxstats.planning import net_variance_of, sample_size_for_margin
from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.listen.programs.models import FrameMember, Invitation, Programme, Wave
from zhiyin.listen.programs.queries.sampling import Sampling

LOOKED_BACK = dt.timedelta(days=180)
# Fewer invitations than this say nothing about a channel yet.
FEWEST_SENT = 100
FEWEST_ANSWERS = 30
PROMOTER, DETRACTOR = 9, 6


@dataclass(frozen=True)
class Rate:
    """How many of the invitations sent by one way were answered."""

    sent: int
    answered: int

    @property
    def share(self) -> float | None:
        """Return the response rate; None while too few were sent to tell."""
        return self.answered / self.sent if self.sent >= FEWEST_SENT else None


def response_rate(organisation: Organisation, channel: str) -> Rate:
    """Return the measured rate of a channel, of invitations whose time is over.

    Invitations that may still be answered would make the rate look lower than it is.
    """
    now = clock.now()
    rows = Invitation.objects.of(organisation).filter(
        channel=channel,
        sent_at__gte=now - LOOKED_BACK,
        failed_at=None,
    )
    over = Q(answered_at__isnull=False) | Q(expires_at__lt=now)
    counts = rows.filter(over).aggregate(
        sent=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False))
    )
    return Rate(counts["sent"], counts["answered"])


@dataclass(frozen=True)
class Needed:
    """How many answers a wanted interval needs, and how many invitations those need."""

    answers: int
    invitations: int | None
    rate: float | None
    is_measured: bool


def needed_for(programme: Programme) -> Needed:
    """Return the sample that gives the wanted interval.

    The rate is measured on the programme's own channel; where there is too little to
    measure it is the one that a person assumed, and without one there is no answer.
    """
    plan = Sampling.of(programme)
    variance = net_variance_of(plan.promoters, plan.detractors)
    planned = sample_size_for_margin(
        plan.margin_points, variance=variance, adjusted=False
    )
    measured = response_rate(programme.organisation, programme.channel).share
    rate = measured or plan.response_rate
    return Needed(
        answers=planned.n,
        invitations=planned.invitations(rate) if rate else None,
        rate=rate,
        is_measured=measured is not None and measured > 0,
    )


def spreads_of(programme: Programme) -> dict[str, float]:
    """Return the standard deviation of one answer per stratum, from the last wave.

    A stratum with fewer than 30 answers is left out: its spread is not known.
    """
    if not programme.pk or Sampling.of(programme).allocation != "optimal":
        return {}
    last = (
        Wave.objects.filter(programme=programme, frame_built_at__isnull=False)
        .order_by("-starts_on")
        .first()
    )
    if last is None:
        return {}
    score = "invitation__response__answers__score"
    kind = Q(
        invitation__response__answers__is_primary=True,
        invitation__response__answers__kind="nps",
    )
    rows = (
        FrameMember.objects.filter(kind, wave=last)
        .values("stratum")
        .annotate(
            n=Count("pk"),
            promoters=Count("pk", filter=Q(**{f"{score}__gte": PROMOTER})),
            detractors=Count("pk", filter=Q(**{f"{score}__lte": DETRACTOR})),
        )
    )
    return {
        row["stratum"]: _spread(
            row["promoters"] / row["n"], row["detractors"] / row["n"]
        )
        for row in rows
        if row["n"] >= FEWEST_ANSWERS
    }


def _spread(promoters: float, detractors: float) -> float:
    return math.sqrt(max(net_variance_of(promoters, detractors), 0.0))
