"""The API, assembled: one router per app, one shape of error, one description."""

from __future__ import annotations

from zhiyin.site.api.assembly import api
from zhiyin.site.api.reference import reference

__all__ = ["api", "reference"]
