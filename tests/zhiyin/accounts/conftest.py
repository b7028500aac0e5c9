"""What every test of accounts begins with."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> None:
    """Forget the tries of the tests before; they all come from one address."""
    cache.clear()
