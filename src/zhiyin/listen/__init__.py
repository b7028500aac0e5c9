"""Listen: whom we know, what we ask, when and whom, and what they said."""

from __future__ import annotations
