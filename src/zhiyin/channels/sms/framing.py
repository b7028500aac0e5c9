"""Cutting a stream of octets into the frames of SMPP or CMPP.

Both begin with the length of the whole frame and the command; an answer carries the
command and the sequence number of what it answers, with the highest bit set.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from zhiyin.channels.sms.contract import ProtocolError

ANSWER = 0x80000000


@dataclass(frozen=True, slots=True)
class Frame:
    """One message; `status` is always 0 where the protocol has none."""

    command: int
    sequence: int
    body: bytes = b""
    status: int = 0

    @property
    def is_answer(self) -> bool:
        return bool(self.command & ANSWER)

    def answer(self, body: bytes = b"", *, status: int = 0) -> Frame:
        """Frame that answers this one."""
        return Frame(self.command | ANSWER, self.sequence, body, status)


@dataclass(frozen=True, slots=True)
class Framing:
    """Header of a protocol and the longest frame that is believed."""

    has_status: bool
    longest: int

    @property
    def header(self) -> struct.Struct:
        return struct.Struct(">IIII" if self.has_status else ">III")

    def pack(self, frame: Frame) -> bytes:
        """Octets of a frame."""
        length = self.header.size + len(frame.body)
        status = (frame.status,) if self.has_status else ()
        head = self.header.pack(length, frame.command, *status, frame.sequence)
        return head + frame.body

    def unpack(self, octets: bytes) -> Frame:
        """Frame of exactly its octets."""
        _, command, *status, sequence = self.header.unpack_from(octets)
        body = octets[self.header.size :]
        return Frame(command, sequence, body, status[0] if status else 0)


class FrameBuffer:
    """Octets that came and are not yet a whole frame."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._octets = bytearray()

    def feed(self, octets: bytes) -> Iterator[Frame]:
        """Take octets and give the frames that are whole.

        Raises
        ------
        ProtocolError
            A length that no frame has: where the next frame begins is lost.

        """
        self._octets += octets
        while (length := self._next_length()) and len(self._octets) >= length:
            whole = bytes(self._octets[:length])
            del self._octets[:length]
            yield self._framing.unpack(whole)

    def _next_length(self) -> int:
        if len(self._octets) < struct.calcsize(">I"):
            return 0
        length = int.from_bytes(self._octets[:4])
        shortest, longest = self._framing.header.size, self._framing.longest
        if not shortest <= length <= longest:
            raise ProtocolError(
                f"A frame says it has {length} octets; frames have {shortest} to "
                f"{longest}. Is the other side really this protocol?"
            )
        return length


class Reader:
    """Takes the fields of a body one after the other, and never beyond its end."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._position = 0

    @property
    def remaining(self) -> int:
        return len(self._octets) - self._position

    def octets(self, length: int) -> bytes:
        """Exactly so many octets."""
        if length > self.remaining:
            raise ProtocolError(
                f"A field of {length} octets is cut off: {self.remaining} are left."
            )
        begin = self._position
        self._position += length
        return self._octets[begin : self._position]

    def number(self, length: int) -> int:
        """Unsigned integer, highest octet first."""
        return int.from_bytes(self.octets(length))

    def padded(self, length: int) -> str:
        """Text in a field of fixed length, up to its first zero octet."""
        return _readable(self.octets(length).split(b"\0", 1)[0]).strip()

    def c_string(self, longest: int) -> str:
        """Text that ends with a zero octet, which counts as one of `longest`."""
        begin = self._position
        end = self._octets.find(b"\0", begin, begin + longest)
        if end < 0:
            raise ProtocolError(f"A text has no end within {longest} octets.")
        self._position = end + 1
        return _readable(self._octets[begin:end])


def _readable(octets: bytes) -> str:
    return octets.decode("ascii", "replace")
