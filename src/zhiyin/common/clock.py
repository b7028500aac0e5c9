"""The one clock: everything that asks for the time asks here."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """Return the current moment, aware, in UTC."""
    return timezone.now().astimezone(dt.UTC)
