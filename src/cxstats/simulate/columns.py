"""What is known of a customer, as Arrow columns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cxstats.simulate.block import Block
from cxstats.simulate.draws import BLOCK, generator, keyed_ids
from cxstats.simulate.organisation import GIVEN_NAMES, SURNAMES
from cxstats.simulate.territory import Territory
from cxstats.simulate.vocabulary import (
    AGE_BANDS,
    LANGUAGES,
    NETWORKS,
    PRODUCTS,
    STARS,
    TERMINALS,
    VALUE_TIERS,
    YES_NO,
    plan_names,
)
from cxstats.simulate.world import World

__all__ = [
    "ATTRIBUTES",
    "DAYS_PER_MONTH",
    "coded",
    "customer_table",
    "number",
    "vocabulary_of",
]

ATTRIBUTES = (
    "region",
    "city",
    "district",
    "grid",
    "product",
    "network",
    "plan",
    "star",
    "value_tier",
    "tenure_months",
    "age_band",
    "arpu",
    "mou",
    "dou",
    "overage",
    "complaints_90d",
    "complaint_resolved",
    "arrears",
    "terminal",
    "home_broadband",
    "drop_count",
    "mos_poor_count",
    "silent_days",
    "consent",
)
"""Codes of what is known of a customer, in the order of the columns."""

DAYS_PER_MONTH = 30.44
_PHONE_DIGITS = 11
# No telephone number in China begins with 120 and has eleven digits.
_PHONE_PREFIX = 120 * 10**8


def vocabulary_of(territory: Territory, attribute: str) -> tuple[str, ...] | None:
    """List the words behind an attribute's codes; None for a number."""
    return {
        "region": territory.regions,
        "city": territory.cities,
        "district": territory.districts,
        "grid": territory.grids,
        "product": PRODUCTS,
        "network": NETWORKS,
        "plan": plan_names(),
        "star": STARS,
        "value_tier": VALUE_TIERS,
        "age_band": AGE_BANDS,
        "complaint_resolved": YES_NO,
        "arrears": YES_NO,
        "terminal": TERMINALS,
        "home_broadband": YES_NO,
        "consent": YES_NO,
    }.get(attribute)


def coded(codes: NDArray[np.generic], words: tuple[str, ...]) -> pa.Array:
    """Make a text column of codes into distinct words; a negative code is null."""
    plain = codes.astype(np.int16)
    index = pa.array(np.maximum(plain, 0), mask=plain < 0)
    return pa.DictionaryArray.from_arrays(index, _words(words))


@lru_cache(maxsize=64)
def _words(words: tuple[str, ...]) -> pa.Array:
    return pa.array(words, pa.string())


def number(values: NDArray[np.generic]) -> pa.Array:
    """Make a column of doubles with two decimals; NaN is null."""
    # Thirty-two bit money would show as 98.5199966: back to two decimals first.
    wide = np.round(values.astype(np.float64), 2)
    return pa.array(wide, mask=np.isnan(wide))


def customer_table(world: World, block: Block) -> pa.Table:
    """Build one row per customer: key, name, phone, and every attribute.

    Names and phone numbers are invented; the numbers have a prefix that no
    telephone has.
    """
    c, n = block.customers, block.size
    first = block.number * BLOCK
    tenure = np.round(c["tenure_months"].astype(np.float64) * DAYS_PER_MONTH)
    joined = np.datetime64(world.period.end, "D") - tenure.astype("timedelta64[D]")
    rng = generator(world.seed, "names", block.number)
    names = _full_names()
    columns = {
        "customer": keyed_ids(world.seed, first, n),
        "name": coded(rng.integers(0, len(names), n), names),
        "phone": _phones(np.arange(first, first + n, dtype=np.int64)),
        "language": coded(c["language"], LANGUAGES),
        "age": number(c["age"]),
        "joined_on": pa.array(joined),
    }
    for name in ATTRIBUTES:
        words = vocabulary_of(world.territory, name)
        columns[name] = number(c[name]) if words is None else coded(c[name], words)
    return pa.table(columns)


@lru_cache(maxsize=1)
def _full_names() -> tuple[str, ...]:
    given = [*GIVEN_NAMES, *(a + b for a in GIVEN_NAMES for b in GIVEN_NAMES)]
    return tuple(surname + name for surname in SURNAMES for name in given)


def _phones(index: NDArray[np.int64]) -> pa.Array:
    powers = 10 ** np.arange(_PHONE_DIGITS - 1, -1, -1, dtype=np.int64)
    whole = _PHONE_PREFIX + index % 10**8
    letters = (whole[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    offsets = np.arange(len(index) + 1, dtype=np.int32) * _PHONE_DIGITS
    return pa.StringArray.from_buffers(
        len(index), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters))
    )
