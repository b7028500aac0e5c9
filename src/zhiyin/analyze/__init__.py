"""Analyze: from operational rows to numbers that explain themselves."""

from __future__ import annotations
