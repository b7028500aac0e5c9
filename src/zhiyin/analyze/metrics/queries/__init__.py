"""Reads of metrics: definitions, series, selections and scores."""

from __future__ import annotations
