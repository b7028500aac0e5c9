"""Pages of data protection."""

from __future__ import annotations
