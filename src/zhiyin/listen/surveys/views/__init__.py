"""Pages of questionnaires."""

from __future__ import annotations
