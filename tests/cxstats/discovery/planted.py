"""Surveys with known causes: 14 columns, of which six are noise, and three causes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

CAUSES: set[frozenset[tuple[str, Any]]] = {
    frozenset({("grid", "G07"), ("network", "5G")}),
    frozenset({("device", 11)}),
    frozenset({("plan", "P3"), ("arpu_band", 4)}),
}


def planted(seed: int, rows: int = 50_000) -> pa.Table:
    """Make a survey in which 5G in a grid, a device and a plan at high spend hurt."""
    chance = np.random.default_rng(seed)

    def words(prefix: str, count: int) -> np.ndarray[Any, Any]:
        digits = len(str(count - 1))
        names = np.array([f"{prefix}{at:0{digits}d}" for at in range(count)])
        return names[chance.integers(0, count, rows)]

    columns: dict[str, Any] = {
        "grid": words("G", 30),
        "network": np.where(chance.random(rows) < 0.5, "5G", "4G"),
        "device": chance.integers(0, 20, rows),
        "plan": words("P", 8),
        "arpu_band": chance.integers(0, 5, rows),
        "region": words("R", 6),
        "age": words("A", 6),
        "channel": words("C", 5),
        "noise_text": words("N", 10),
        "noise_wide": words("W", 20),
        "noise_flag": chance.integers(0, 2, rows),
        "noise_few": chance.integers(0, 5, rows),
        "noise_real": chance.lognormal(3, 1, rows).round(2),
        "noise_even": words("E", 12),
    }
    opinion = chance.normal(8.3, 2.1, rows)
    opinion -= 1.6 * ((columns["grid"] == "G07") & (columns["network"] == "5G"))
    opinion -= 0.8 * (columns["device"] == 11)
    opinion -= 1.1 * ((columns["plan"] == "P3") & (columns["arpu_band"] == 4))
    columns["score"] = np.clip(np.rint(opinion), 0, 10).astype(int)
    return pa.table(columns)
