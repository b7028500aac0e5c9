"""Cases held by an operator's own work-order system."""

from __future__ import annotations
