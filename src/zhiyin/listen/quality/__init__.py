"""Data quality: cleaning, representativeness and weights, audit samples."""

from __future__ import annotations
