"""Customers who leave for known reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def customers(n: int = 900, seed: int = 0) -> pd.DataFrame:
    """Short contracts and complaints make customers leave; nothing else does."""
    rng = np.random.default_rng(seed)
    contract = rng.choice(["month", "year"], n)
    complaints = rng.poisson(1, n)
    odds = np.where(contract == "month", 0.5, -2.0) + 0.8 * (complaints - 1)
    frame = pd.DataFrame(
        {
            "customer": [f"c{i:04d}" for i in range(n)],
            "month": rng.integers(1, 11, n),
            "contract": contract,
            "complaints": complaints,
            "fee": rng.normal(60, 15, n).round(1),
            "region": rng.choice(["华东", "西北"], n),
        }
    )
    frame["left"] = np.where(rng.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    return frame


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return customers()
