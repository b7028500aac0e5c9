"""Stable assignment to arms: the same customer gets the same arm everywhere."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from cxstats.errors import InputError

__all__ = ["assign"]

_SPACE = 2**64


def assign(
    keys: Iterable[Any],
    *,
    experiment: str,
    arms: Mapping[str, float] | Sequence[str] = ("control", "treatment"),
    salt: str = "",
) -> npt.NDArray[np.object_]:
    """Assign customers to the arms of an experiment by a documented hash.

    Parameters
    ----------
    keys
        One key per customer: text or whole numbers. None, NaN and empty text get no
        arm.
    experiment
        Name of the experiment; another name deals the same customers anew.
    arms
        Shares by arm, which add up to 1 or less (the rest takes no part), or names of
        arms of equal size. The order matters: keep it.
    salt
        Secret of the installation, so that nobody outside can work out arms.

    Returns
    -------
    numpy.ndarray
        The arm of each key, None without one, in the order given.

    Raises
    ------
    InputError
        If the shares cannot be used, or a key is neither text nor a whole number.

    Notes
    -----
    The arm follows from the first 8 bytes, big-endian, of
    ``BLAKE2b(salt ␟ experiment ␟ key)`` in UTF-8, where ␟ is the byte 31 and the
    digest has 8 bytes: the fraction of 2⁶⁴ falls into the arms' shares laid end to
    end. Whole numbers are written in digits, 1.0 as 1. Nothing is stored or drawn, so
    every program gets the same arm.

    Examples
    --------
    >>> assign(["c-1", "c-2", "c-3", None], experiment="welcome").tolist()
    ['treatment', 'treatment', 'control', None]
    """
    names, ends = _ends(arms)
    parts = (salt, experiment, "")
    if any("\x1f" in part for part in parts):
        raise InputError("salt and experiment must not hold the byte 31")
    start = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8)
    texts = [_text(key) for key in keys]
    found = np.empty(len(texts), dtype=object)
    for place, text in enumerate(texts):
        if text:
            digest = start.copy()
            digest.update(text.encode())
            number = int.from_bytes(digest.digest(), "big")
            found[place] = names[bisect_right(ends, number)]
    return found


def _ends(
    arms: Mapping[str, float] | Sequence[str],
) -> tuple[list[str | None], list[int]]:
    """Return the arms and where each ends in the space of hashes."""
    if isinstance(arms, Mapping):
        shares = {name: Fraction(share).limit_denominator(10**9)
                  for name, share in arms.items() if math.isfinite(share)}  # fmt: skip
    else:
        shares = {name: Fraction(1, len(arms)) for name in arms}
    total = sum(shares.values(), Fraction())
    whole = Fraction(10**6 + 1, 10**6)
    usable = len(shares) == len(arms) and all(share > 0 for share in shares.values())
    if not shares or not usable or total > whole:
        raise InputError(
            "arms need different names and shares above 0 that add up to 1 or less; "
            f"received {dict(arms) if isinstance(arms, Mapping) else list(arms)}"
        )
    if abs(total - 1) < Fraction(1, 10**6):
        shares = {name: share / total for name, share in shares.items()}
    ends, reached = [], Fraction()
    for share in shares.values():
        reached += share
        ends.append(int(reached * _SPACE))
    return [*shares, None], ends


def _text(key: Any) -> str:
    """Write a key as the hash reads it; empty for no key."""
    if key is None or (isinstance(key, float) and math.isnan(key)):
        return ""
    if isinstance(key, str):
        return key.strip()
    number = key.item() if isinstance(key, np.generic) else key
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, int) and not isinstance(number, bool):
        return str(number)
    raise InputError(f"a key is text or a whole number; received {key!r}")
