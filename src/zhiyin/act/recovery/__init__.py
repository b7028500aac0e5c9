"""Closing the loop with the customer, and what it achieved."""

from __future__ import annotations
