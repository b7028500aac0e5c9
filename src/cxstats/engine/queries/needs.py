"""The columns that a query reads."""

from __future__ import annotations

from cxstats.engine.keys import KeyLike, as_key
from cxstats.filters import Filter

__all__ = ["needed"]


def needed(
    *names: str | None, by: tuple[KeyLike, ...] = (), where: Filter | None = None
) -> tuple[str, ...]:
    """Give the columns that a query reads, each once."""
    found = [name for name in names if name is not None]
    found += [as_key(key).column for key in by]
    found += where.columns() if where is not None else ()
    return tuple(dict.fromkeys(found))
