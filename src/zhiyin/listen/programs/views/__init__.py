"""Pages of programmes: touchpoints, waves, links."""

from __future__ import annotations
