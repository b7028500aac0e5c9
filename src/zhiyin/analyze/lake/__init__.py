"""Operational rows to Parquet in the shape of `cxstats.schema`."""

from __future__ import annotations
