"""Answers that callers give by a key of the telephone, told by the call centre."""

from __future__ import annotations
