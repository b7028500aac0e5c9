"""Many row numbers in little room."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

_STEP = struct.Struct("<q")
_PIECE_BYTES = 1 << 16


def pack_numbers(rising: Iterable[int]) -> tuple[int, bytes]:
    """Return how many numbers there are, and them as compressed steps.

    They come in rising order; one that comes again is counted once.
    """
    squeeze = zlib.compressobj(6)
    packed, last, count = bytearray(), 0, 0
    for number in rising:
        if number < last:
            message = f"numbers must rise; received {number} after {last}"
            raise ValueError(message)
        if number == last and count:
            continue
        packed += squeeze.compress(_STEP.pack(number - last))
        last, count = number, count + 1
    return count, bytes(packed) + squeeze.flush()


def unpack_numbers(packed: bytes | memoryview) -> Iterator[int]:
    """Yield the numbers again; none of what was never packed."""
    source = bytes(packed)
    if not source:
        return
    open_up = zlib.decompressobj()
    last, rest = 0, b""
    for start in range(0, len(source), _PIECE_BYTES):
        rest += open_up.decompress(source[start : start + _PIECE_BYTES])
        whole = len(rest) - len(rest) % _STEP.size
        for (step,) in _STEP.iter_unpack(rest[:whole]):
            last += step
            yield last
        rest = rest[whole:]
