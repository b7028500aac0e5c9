"""The first API of Delighted, as far as its clients need it."""

from __future__ import annotations

from zhiyin.compat.api.assembly import api

__all__ = ["api"]
