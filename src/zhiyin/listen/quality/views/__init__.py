"""Pages of data quality."""

from __future__ import annotations
