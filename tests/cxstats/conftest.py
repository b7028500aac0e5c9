"""Hypothesis without deadlines: tests judge results, never how long they took."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("cxstats", deadline=None, max_examples=50)
settings.load_profile("cxstats")
