"""Scores, trends and comparisons on a page."""

from __future__ import annotations
