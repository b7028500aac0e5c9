"""How long is left until a clock runs out, in words and in a tone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

MINUTES_OF_HOUR, MINUTES_OF_DAY = 60, 24 * 60
# Colour only when it matters: a fifth of the time is left, or less than an hour.
SOON_SHARE, SOON_MINUTES = 0.8, 60


@dataclass(frozen=True)
class TimeLeft:
    """One clock as a person reads it; `tone` is "", "soon", "over" or "met".

    `percent` is the share of the time that has gone, 100 at most.
    """

    text: str
    tone: str = ""
    due_at: dt.datetime | None = None
    percent: int = 0


def duration_in_words(minutes: float) -> str:
    """Write a number of minutes with its two largest units."""
    whole = max(int(minutes), 0)
    days, rest = divmod(whole, MINUTES_OF_DAY)
    hours, left = divmod(rest, MINUTES_OF_HOUR)
    if days and hours:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if days:
        return _("%(days)s d") % {"days": days}
    if hours and left:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": left}
    if hours:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(minutes)s min") % {"minutes": left}


def share_gone(
    begun_at: dt.datetime,
    due_at: dt.datetime,
    now: dt.datetime,
) -> float:
    """Return the share of the time that has gone; over 1 when it has run out."""
    whole = (due_at - begun_at).total_seconds()
    return (now - begun_at).total_seconds() / whole if whole > 0 else 1.0


def time_left(
    due_at: dt.datetime | None,
    *,
    begun_at: dt.datetime,
    now: dt.datetime,
    met_at: dt.datetime | None = None,
) -> TimeLeft:
    """Return what is left of one clock, or how it was met."""
    if due_at is None:
        return TimeLeft(_("no time limit"))
    if met_at is not None:
        return _met(due_at, met_at, begun_at)
    minutes = (due_at - now).total_seconds() / 60
    share = share_gone(begun_at, due_at, now)
    percent = min(max(round(share * 100), 0), 100)
    if minutes < 0:
        words = duration_in_words(-minutes)
        return TimeLeft(_("%(time)s over") % {"time": words}, "over", due_at, 100)
    tone = "soon" if share >= SOON_SHARE or minutes < SOON_MINUTES else ""
    words = duration_in_words(minutes)
    return TimeLeft(_("%(time)s left") % {"time": words}, tone, due_at, percent)


def _met(due_at: dt.datetime, met_at: dt.datetime, begun_at: dt.datetime) -> TimeLeft:
    if met_at <= due_at:
        took = duration_in_words((met_at - begun_at).total_seconds() / 60)
        return TimeLeft(_("met after %(time)s") % {"time": took}, "met", due_at, 100)
    late = duration_in_words((met_at - due_at).total_seconds() / 60)
    return TimeLeft(_("%(time)s too late") % {"time": late}, "over", due_at, 100)
