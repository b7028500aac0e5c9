"""Bodies of CMPP 2.0 and 3.0 messages, field by field as the specifications list them.

Sources: China Mobile, "China Mobile Peer to Peer" V2.0 and V3.0, section 7.4 (messages
between a service provider and its gateway). Field names are theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache

from zhiyin.channels.sms.contract import ProtocolError
from zhiyin.channels.sms.framing import Framing, Reader

# The longest message of 3.0, a submit to a hundred numbers, has 3,491 octets.
FRAMING = Framing(has_status=False, longest=4096)


class Command(IntEnum):
    CONNECT = 1
    TERMINATE = 2
    SUBMIT = 4
    DELIVER = 5
    ACTIVE_TEST = 8


class Version(IntEnum):
    """The octet sent when logging in: high half before the point, low half after."""

    CMPP2 = 0x20
    CMPP3 = 0x30


class MessageFormat(IntEnum):
    """`Msg_Fmt`."""

    ASCII = 0
    UCS2 = 8
    GB = 15


@dataclass(frozen=True, slots=True)
class Body:
    """Values of a message by kind and name; what is not given is zero or empty."""

    numbers: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    octets: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Number:
    """Unsigned integer, highest octet first."""

    name: str
    width: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """ASCII at the left of its field, filled up with zero octets."""

    name: str
    width: int


@dataclass(frozen=True, slots=True)
class Octets:
    """So many octets as they are."""

    name: str
    width: int


@dataclass(frozen=True, slots=True)
class Counted:
    """One octet of length, then so many octets."""

    name: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of one message, for writing and for reading."""

    fields: tuple[Number | Text | Octets | Counted, ...]

    def encode(self, body: Body) -> bytes:
        """Octets of a body.

        Raises
        ------
        ProtocolError
            A value does not fit its field.

        """
        return b"".join(_encode(part, body) for part in self.fields)

    def decode(self, octets: bytes) -> Body:
        """Read a body; octets behind the last field are passed over.

        Raises
        ------
        ProtocolError
            A field is cut off.

        """
        reader = Reader(octets)
        body = Body()
        for part in self.fields:
            match part:
                case Number(name, width):
                    body.numbers[name] = reader.number(width)
                case Text(name, width):
                    body.texts[name] = reader.padded(width)
                case Octets(name, width):
                    body.octets[name] = reader.octets(width)
                case Counted(name):
                    body.octets[name] = reader.octets(reader.number(1))
        return body


def _encode(part: Number | Text | Octets | Counted, body: Body) -> bytes:
    match part:
        case Number(name, width):
            value = body.numbers.get(name, 0)
            _check(part, fits=value in range(1 << (8 * width)))
            return value.to_bytes(width)
        case Text(name, width):
            octets = body.texts.get(name, "").encode()
            _check(part, fits=octets.isascii() and len(octets) <= width)
            return octets.ljust(width, b"\0")
        case Octets(name, width):
            octets = body.octets.get(name, b"")
            _check(part, fits=len(octets) <= width)
            return octets.ljust(width, b"\0")
        case Counted(name):
            octets = body.octets.get(name, b"")
            _check(part, fits=len(octets) in range(1 << 8))
            return bytes([len(octets)]) + octets


def _check(part: Number | Text | Octets | Counted, *, fits: bool) -> None:
    if not fits:
        raise ProtocolError(f"The value of {part.name} does not fit into {part}.")


CONNECT = Layout(
    (
        Text("Source_Addr", 6),
        Octets("AuthenticatorSource", 16),
        Number("Version"),
        Number("Timestamp", 4),
    )
)
ACTIVE_TEST_RESP = Layout((Number("Reserved"),))


@cache
def connect_resp(version: Version) -> Layout:
    """CMPP_CONNECT_RESP."""
    return Layout(
        (
            Number("Status", _by(version, 1, 4)),
            Octets("AuthenticatorISMG", 16),
            Number("Version"),
        )
    )


@cache
def submit(version: Version) -> Layout:
    """CMPP_SUBMIT to one number."""
    terminal = _by(version, 21, 32)
    return Layout(
        (
            Number("Msg_Id", 8),
            Number("Pk_total"),
            Number("Pk_number"),
            Number("Registered_Delivery"),
            Number("Msg_level"),
            Text("Service_Id", 10),
            Number("Fee_UserType"),
            Text("Fee_terminal_Id", terminal),
            *_only_3(version, Number("Fee_terminal_type")),
            Number("TP_pId"),
            Number("TP_udhi"),
            Number("Msg_Fmt"),
            Text("Msg_src", 6),
            Text("FeeType", 2),
            Text("FeeCode", 6),
            Text("ValId_Time", 17),
            Text("At_Time", 17),
            Text("Src_Id", 21),
            Number("DestUsr_tl"),
            Text("Dest_terminal_Id", terminal),
            *_only_3(version, Number("Dest_terminal_type")),
            Counted("Msg_Content"),
            Text(_by_name(version, "Reserve", "LinkID"), _by(version, 8, 20)),
        )
    )


@cache
def deliver(version: Version) -> Layout:
    """CMPP_DELIVER."""
    return Layout(
        (
            Number("Msg_Id", 8),
            Text("Dest_Id", 21),
            Text("Service_Id", 10),
            Number("TP_pid"),
            Number("TP_udhi"),
            Number("Msg_Fmt"),
            Text("Src_terminal_Id", _by(version, 21, 32)),
            *_only_3(version, Number("Src_terminal_type")),
            Number("Registered_Delivery"),
            Counted("Msg_Content"),
            Text(_by_name(version, "Reserved", "LinkID"), _by(version, 8, 20)),
        )
    )


@cache
def result(version: Version) -> Layout:
    """CMPP_SUBMIT_RESP and CMPP_DELIVER_RESP."""
    return Layout((Number("Msg_Id", 8), Number("Result", _by(version, 1, 4))))


def report(octets: int) -> Layout:
    """Status report in the content of a CMPP_DELIVER of so many octets.

    2.0 gives the number 21 octets and 3.0 gives it 32; gateways of 3.0 are known to
    send either, so that the length has to tell.
    """
    terminal = 32 if octets >= LONG_REPORT else 21
    return Layout(
        (
            Number("Msg_Id", 8),
            Text("Stat", 7),
            Text("Submit_time", 10),
            Text("Done_time", 10),
            Text("Dest_terminal_Id", terminal),
            Number("SMSC_sequence", 4),
        )
    )


LONG_REPORT = 8 + 7 + 10 + 10 + 32 + 4


def _by(version: Version, in_2: int, in_3: int) -> int:
    return in_3 if version is Version.CMPP3 else in_2


def _by_name(version: Version, in_2: str, in_3: str) -> str:
    return in_3 if version is Version.CMPP3 else in_2


def _only_3(version: Version, part: Number) -> tuple[Number, ...]:
    return (part,) if version is Version.CMPP3 else ()
