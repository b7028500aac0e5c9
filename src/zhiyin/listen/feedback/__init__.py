"""What customers say without being asked: complaints, notes of calls, forums."""

from __future__ import annotations
