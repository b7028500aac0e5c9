"""Row conditions as an expression tree: written by people, rendered by engines.

``parse_filter("region = '华东' and score >= 3")`` reads a small grammar of its own;
no part of the text ever reaches a database as it stands.
"""

from __future__ import annotations

from cxstats.filters.parser import parse_filter
from cxstats.filters.tree import (
    And,
    Between,
    Compare,
    Contains,
    Filter,
    In,
    IsNull,
    Like,
    Literal,
    Not,
    Or,
)

__all__ = [
    "And",
    "Between",
    "Compare",
    "Contains",
    "Filter",
    "In",
    "IsNull",
    "Like",
    "Literal",
    "Not",
    "Or",
    "parse_filter",
]
