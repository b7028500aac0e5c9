"""Keeping a wave at its size: replacements come in, full strata stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q

from zhiyin.common import clock
from zhiyin.listen.programs.models import FrameMember, FrameState, Wave
from zhiyin.listen.programs.queries.calendar import today_of
from zhiyin.listen.programs.queries.judging import QUOTA, RESERVE
from zhiyin.listen.programs.services.collecting import OPEN_STATES

BATCH = 500


def tend_quotas() -> bool:
    """Replace who could not be asked and stop strata whose quota is full, once around.

    The reserve was drawn with the sample: the next in the order of the draw comes in,
    so nobody chooses who replaces whom.
    """
    drawn = Wave.objects.filter(
        frame_built_at__isnull=False, programme__is_live=True
    ).select_related("programme", "organisation")
    in_field = [one for one in drawn if one.ends_on >= today_of(one.organisation)]
    moved = [_tend(wave) for wave in in_field]
    return any(moved)


def quota_of(wave: Wave) -> dict[str, int]:
    """Return how many answers each stratum may give; strata without a quota are out."""
    rows: list[dict[str, Any]] = wave.programme.quotas if wave.programme else []
    return {str(row["stratum"]): int(row["wanted"]) for row in rows}


def _tend(wave: Wave) -> bool:
    strata: Mapping[str, Mapping[str, int]] = wave.frame_counts.get("strata", {})
    quotas = quota_of(wave)
    counts = _counts(wave)
    moved = 0
    for name, planned in strata.items():
        now = counts.get(name)
        if now is None:
            continue
        quota = quotas.get(name)
        if quota is not None and now["completed"] >= quota:
            moved += _stop(wave, name)
            continue
        # With a quota, who let the invitation run out is replaced as well.
        gone = now["ignored"] if quota is not None else 0
        missing = planned["wanted"] - (now["open"] + now["sent"] - gone)
        moved += _release(wave, name, missing)
    return moved > 0


def _counts(wave: Wave) -> dict[str, dict[str, Any]]:
    now = clock.now()
    sent = Q(state=FrameState.SENT)
    done = Q(invitation__answered_at__isnull=False)
    rows = (
        FrameMember.objects.filter(wave=wave)
        .values("stratum")
        .annotate(
            open=Count("pk", filter=Q(state__in=OPEN_STATES)),
            sent=Count("pk", filter=sent),
            completed=Count("pk", filter=done),
            ignored=Count(
                "pk", filter=sent & ~done & Q(invitation__expires_at__lt=now)
            ),
        )
    )
    return {row["stratum"]: dict(row) for row in rows.order_by()}


def _release(wave: Wave, stratum: str, missing: int) -> int:
    if missing <= 0:
        return 0
    reserve = FrameMember.objects.filter(
        wave=wave, stratum=stratum, state=FrameState.NOT_SAMPLED, reason=RESERVE
    ).order_by("pk")
    numbers = list(reserve.values_list("pk", flat=True)[: min(missing, BATCH)])
    now = clock.now()
    # Their turn is now, or later where the wave is spread over its days.
    coming = FrameMember.objects.filter(pk__in=numbers, reason=RESERVE)
    coming.filter(due_at__lt=now).update(due_at=now)
    return coming.update(state=FrameState.WAITING, reason="", settled_at=None)


def _stop(wave: Wave, stratum: str) -> int:
    waiting = FrameMember.objects.filter(
        wave=wave, stratum=stratum, state__in=OPEN_STATES
    )
    return waiting.update(
        state=FrameState.CANCELLED, reason=QUOTA, settled_at=clock.now()
    )
