"""Organisations, people, roles, departments, and the record of who did what."""

from __future__ import annotations
