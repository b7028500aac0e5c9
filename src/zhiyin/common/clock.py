"""The one clock: everything that asks for the time asks here."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.conf import settings
from django.utils import timezone


def now() -> dt.datetime:
    """Return the current moment, aware, in UTC."""
    return timezone.now().astimezone(dt.UTC)


def day_of(moment: dt.datetime) -> dt.datetime:
    """Return the local day of a moment as a moment without a time of day."""
    zone = zoneinfo.ZoneInfo(settings.TIME_ZONE)
    day = timezone.localtime(moment, zone).date()
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
