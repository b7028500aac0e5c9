"""What people are told, where, and how often."""

from __future__ import annotations
