"""Cases through the API: the case itself, and the work on it."""

from __future__ import annotations

from zhiyin.act.cases.api import cases, work
from zhiyin.act.cases.api.common import router

__all__ = ["cases", "router", "work"]
