"""What they said: the answer page, responses and their answers."""

from __future__ import annotations
