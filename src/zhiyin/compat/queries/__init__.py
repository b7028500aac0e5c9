"""Reads for other programs: what changed, and in which shape it is told."""

from __future__ import annotations
