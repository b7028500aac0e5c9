"""Pages of cases."""

from __future__ import annotations
