"""One unhappy customer, one case, one owner, one clock."""

from __future__ import annotations
