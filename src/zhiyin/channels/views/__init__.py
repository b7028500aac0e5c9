"""Pages of channels, and the page by which somebody unsubscribes."""

from __future__ import annotations
