"""Act: what is done about what customers say."""

from __future__ import annotations
