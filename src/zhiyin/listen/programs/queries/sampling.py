"""How samples are drawn: by hashes that never change their mind, and in strata."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from zhiyin.common.conditions import holds
from zhiyin.listen.programs.models import Programme

# The first eight bytes of a SHA-256 are as even as all of them.
_HASH_BYTES = 8
_HASH_RANGE = float(2 ** (8 * _HASH_BYTES))
# A stratum whose answers were all alike still gets somebody.
_LEAST = 1e-9
ALLOCATIONS = ("proportional", "equal", "optimal")


@dataclass(frozen=True)
class Sampling:
    """How one programme draws its sample, as stored with it.

    `always` is asked about whatever the share. `size` is how many are invited in a
    wave; 0 means everybody in the frame. `margin_points`, `promoters`, `detractors`
    and `response_rate` are what the size was computed from. `rest_waves` is for how
    many waves somebody who was asked rests.
    """

    always: Mapping[str, Any] = field(default_factory=dict)
    size: int = 0
    allocation: str = "proportional"
    margin_points: float = 5.0
    promoters: float = 0.5
    detractors: float = 0.2
    response_rate: float | None = None
    rest_waves: int = 0
    audience: str = ""

    @classmethod
    def of(cls, programme: Programme) -> Sampling:
        """Read it from its programme; what is not there keeps its default."""
        stored: dict[str, Any] = programme.sampling
        fields = cls.__dataclass_fields__
        return cls(**{name: stored[name] for name in fields if name in stored})

    def to_dict(self) -> dict[str, Any]:
        """Return it as stored."""
        return asdict(self)


def stable_share(*parts: object) -> float:
    """Return a number from 0 up to 1 that is the same for the same parts for ever.

    It is the beginning of the SHA-256 of the parts. A customer is drawn for an
    occasion when her number lies below the share, so drawing again, or on another
    machine, draws the same; raising the share keeps everybody who was in before.
    """
    text = "\x1f".join(str(part) for part in parts).encode()
    start = hashlib.sha256(text).digest()[:_HASH_BYTES]
    return int.from_bytes(start, "big") / _HASH_RANGE


def is_sampled(
    programme: Programme,
    occasion: str,
    customer_hash: str,
    facts: Mapping[str, Any],
) -> bool:
    """Tell whether the customer is drawn on this occasion.

    What `always` names is drawn whatever the share.
    """
    always = Sampling.of(programme).always
    if always and holds(always, facts):
        return True
    number = stable_share(programme.code, customer_hash, occasion)
    return number < programme.sampling_share


def allocate(
    total: int,
    sizes: Mapping[str, int],
    *,
    how: str = "proportional",
    spreads: Mapping[str, float] | None = None,
) -> dict[str, int]:
    """Divide a sample among strata; no stratum gives more than it has.

    `proportional` follows the strata's sizes, `equal` gives each the same, `optimal`
    follows size times the spread of answers (Neyman); where a spread is not known the
    largest known one is taken, and without any it is proportional. What a small
    stratum cannot give, the others give. The parts add up to the smaller of the total
    and of all there are.
    """
    names = [name for name, size in sizes.items() if size > 0]
    wanted = min(total, sum(sizes.values()))
    given = dict.fromkeys(sizes, 0)
    open_names = names
    while open_names and wanted > sum(given.values()):
        left = wanted - sum(given.values())
        weights = _weights(open_names, sizes, how, spreads or {})
        for name, more in _largest_remainders(left, weights).items():
            given[name] = min(given[name] + more, sizes[name])
        open_names = [name for name in open_names if given[name] < sizes[name]]
    return given


def _weights(
    names: Sequence[str],
    sizes: Mapping[str, int],
    how: str,
    spreads: Mapping[str, float],
) -> dict[str, float]:
    """Return by what the open strata share."""
    if how == "equal":
        return dict.fromkeys(names, 1.0)
    if how == "proportional":
        return {name: float(sizes[name]) for name in names}
    widest = max(spreads.values(), default=1.0)
    return {
        name: max(sizes[name] * spreads.get(name, widest), _LEAST) for name in names
    }


def _largest_remainders(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Divide a whole number by weights; the largest remainders get what is over."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    given = {name: math.floor(part) for name, part in exact.items()}
    order = sorted(exact, key=lambda name: (given[name] - exact[name], name))
    for name in order[: total - sum(given.values())]:
        given[name] += 1
    return given


def draw(
    numbers: Sequence[float],
    strata: Sequence[str],
    wanted: Mapping[str, int],
) -> list[int]:
    """Return the positions drawn: of every stratum those with the lowest numbers.

    They come in the order in which they are drawn, so the next ones of a longer draw
    are the replacements of a shorter one.
    """
    order = np.argsort(np.asarray(numbers), kind="stable")
    left = dict(wanted)
    drawn = []
    for place in order.tolist():
        if left.get(strata[place], 0) > 0:
            left[strata[place]] -= 1
            drawn.append(place)
    return drawn
