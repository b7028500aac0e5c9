"""What we ask: instruments, their versions, items and wordings."""

from __future__ import annotations
