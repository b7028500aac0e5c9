"""Working calendars and the arithmetic of deadlines."""

from __future__ import annotations
