"""Random streams that depend on the seed, the stage and the block, nothing else.

Every block of customers has its own generator for every stage of its life, so
the same seed gives the same operator whatever is computed first, twice or not
at all.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["BLOCK", "STAGES", "generator", "keyed_ids", "pick", "sigmoid"]

BLOCK = 65_536
"""Customers simulated at a time; part of the definition, not a tuning knob."""

STAGES = ("world", "staff", "people", "drivers", "waves", "events", "words", "names")

Floats = NDArray[np.float32]


def generator(seed: int, stage: str, block: int = 0) -> np.random.Generator:
    """Open the random stream of one stage of one block."""
    entropy = np.random.SeedSequence((seed, STAGES.index(stage), block))
    return np.random.Generator(np.random.SFC64(entropy))


def pick(
    rng: np.random.Generator, shares: tuple[float, ...], n: int
) -> NDArray[np.int8]:
    """Draw ``n`` codes with the given shares, which add up to 1."""
    edges = np.cumsum(shares)[:-1]
    codes = np.searchsorted(edges, rng.random(n), side="right")
    return codes.astype(np.int8)


def sigmoid(x: NDArray[np.floating]) -> NDArray[np.floating]:
    """Turn log-odds into probabilities."""
    p: NDArray[np.floating] = 1.0 / (1.0 + np.exp(-x))
    return p


_HEX = np.array([f"{value:04x}" for value in range(65_536)], dtype="S4")
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def keyed_ids(seed: int, first: int, n: int) -> pa.Array:
    """Make ``n`` distinct 16-letter ids that hide the order of the customers.

    The mixing (Steele, Lea and Flood 2014, the SplitMix64 finaliser) is a
    bijection on 64 bits, so two customers never share an id.
    """
    x = np.arange(first, first + n, dtype=np.uint64)
    key = np.random.SeedSequence((seed, 1)).generate_state(1, np.uint64)[0]
    x = x * np.uint64(0x9E3779B97F4A7C15) + key
    x = (x ^ (x >> np.uint64(30))) * _MIX[0]
    x = (x ^ (x >> np.uint64(27))) * _MIX[1]
    x ^= x >> np.uint64(31)
    text = _HEX[x.astype(">u8").view(">u2").reshape(n, 4)]
    offsets = pa.py_buffer(np.arange(n + 1, dtype=np.int32) * 16)
    data = pa.py_buffer(np.ascontiguousarray(text))
    return pa.StringArray.from_buffers(n, offsets, data)
