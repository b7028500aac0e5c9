"""What every part needs and no part owns: clock, pages of lists, background work."""

from __future__ import annotations
