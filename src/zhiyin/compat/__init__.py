"""What other programs speak: their formats, and calls to them."""

from __future__ import annotations
