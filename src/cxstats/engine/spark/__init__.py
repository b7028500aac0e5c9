"""Spark: a cluster, this machine, or a Spark Connect server; pure SQL everywhere."""

from __future__ import annotations

from cxstats.engine.spark.adapter import SparkEngine, open_address

__all__ = ["SparkEngine", "open_address"]
