"""Whom we know: customers by key, and the fields known about them."""

from __future__ import annotations
