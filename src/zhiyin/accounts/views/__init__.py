"""Pages of accounts: parse, one call, render."""

from __future__ import annotations
