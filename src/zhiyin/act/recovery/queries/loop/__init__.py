"""The report of the loop: what its numbers mean, and the numbers."""

from __future__ import annotations
