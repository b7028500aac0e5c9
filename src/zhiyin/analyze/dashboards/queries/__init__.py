"""What the pages of analysis show."""

from __future__ import annotations
