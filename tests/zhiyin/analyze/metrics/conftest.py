"""A lake of its own for every test, and an operator with answers."""

from __future__ import annotations

from tests.zhiyin.analyze.dashboards.conftest import lake_root, world

__all__ = ["lake_root", "world"]
