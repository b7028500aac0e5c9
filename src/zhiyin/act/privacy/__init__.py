"""Requests of data subjects, retention and purging."""

from __future__ import annotations
