"""Zhiyin: listen, analyze, act, and ask again."""

from __future__ import annotations

__version__ = "0.1.0"
