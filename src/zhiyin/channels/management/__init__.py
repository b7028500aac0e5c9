"""Commands of channels."""

from __future__ import annotations
