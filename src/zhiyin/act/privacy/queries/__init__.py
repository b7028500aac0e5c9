"""Reads of data protection."""

from __future__ import annotations

from zhiyin.act.privacy.queries.leftovers import leftovers
from zhiyin.act.privacy.queries.lists import requests_seen_by

__all__ = ["leftovers", "requests_seen_by"]
