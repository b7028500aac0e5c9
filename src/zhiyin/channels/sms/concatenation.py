"""The header of a part (3GPP TS 23.040, 9.2.3.24.1) and putting parts together."""

from __future__ import annotations

import threading
import zlib
from dataclasses import dataclass, field

SHORT_REFERENCE = (0x00, 3)
LONG_REFERENCE = (0x08, 4)
MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of which text: `number` counts from 1 to `total`."""

    reference: int
    total: int
    number: int


def concatenation_number(reference: str) -> int:
    """One octet that is the same whenever the same reference is sent again."""
    return zlib.crc32(reference.encode()) & 0xFF


def header(place: Place) -> bytes:
    """User data header with an eight-bit reference."""
    return bytes([5, 0, 3, place.reference & 0xFF, place.total, place.number])


def split_header(octets: bytes) -> tuple[Place | None, bytes]:
    """Separate the user data header from the content behind it.

    Unknown elements are passed over. A header that claims more octets than there are
    is taken for content, because a text with some odd characters is better than none.
    """
    if not octets or octets[0] + 1 > len(octets):
        return None, octets
    end = octets[0] + 1
    place: Place | None = None
    position = 1
    while position + 2 <= end:
        kind, length = octets[position], octets[position + 1]
        value = octets[position + 2 : min(position + 2 + length, end)]
        place = _place(kind, length, value) or place
        position += 2 + length
    return place, octets[end:]


def _place(kind: int, length: int, value: bytes) -> Place | None:
    if (kind, length) not in {SHORT_REFERENCE, LONG_REFERENCE} or len(value) != length:
        return None
    place = Place(int.from_bytes(value[:-2]), value[-2], value[-1])
    return place if 1 <= place.number <= place.total else None


Key = tuple[str, str, int, int]


@dataclass(slots=True)
class _Waiting:
    began: float
    parts: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assembled:
    """The text of all parts, or of those that came before the time was over."""

    sender: str
    to: str
    text: str
    is_complete: bool


class Reassembler:
    """Keeps parts until their text is whole.

    Parts may come in any order and twice. What is not whole after `patience` seconds
    is given up as it is. At most `most_waiting` texts wait; the oldest has to go.
    """

    def __init__(
        self, *, patience: float = 600.0, most_waiting: int = MOST_WAITING
    ) -> None:
        self._patience = patience
        self._most_waiting = most_waiting
        self._waiting: dict[Key, _Waiting] = {}
        self._overdue: list[Assembled] = []
        self._lock = threading.Lock()

    def add(
        self, sender: str, to: str, place: Place, text: str, *, now: float
    ) -> Assembled | None:
        """Take a part; give the text if this part made it whole."""
        key = (sender, to, place.reference, place.total)
        with self._lock:
            known = self._waiting.get(key)
            # A reference comes round again after 256 texts: too old is another text.
            if known is None or now - known.began > self._patience:
                self._give_up([key] if known else [])
                self._make_room()
                known = self._waiting[key] = _Waiting(began=now)
            known.parts[place.number] = text
            if len(known.parts) < place.total:
                return None
            del self._waiting[key]
        return _joined(key, known, is_complete=True)

    def overdue(self, *, now: float) -> list[Assembled]:
        """Take out the texts whose time is over, incomplete as they are."""
        with self._lock:
            self._give_up(
                [
                    key
                    for key, known in self._waiting.items()
                    if now - known.began > self._patience
                ]
            )
            given, self._overdue = self._overdue, []
        return given

    def _make_room(self) -> None:
        if len(self._waiting) >= self._most_waiting:
            self._give_up([next(iter(self._waiting))])

    def _give_up(self, keys: list[Key]) -> None:
        for key in keys:
            known = self._waiting.pop(key)
            self._overdue.append(_joined(key, known, is_complete=False))


def _joined(key: Key, known: _Waiting, *, is_complete: bool) -> Assembled:
    sender, to, _, _ = key
    text = "".join(known.parts[number] for number in sorted(known.parts))
    return Assembled(sender, to, text, is_complete)
