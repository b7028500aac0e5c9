"""Bodies of SMPP 3.4 messages (specification v3.4, issue 1.2, sections 4 and 5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum

from zhiyin.channels.sms import gsm
from zhiyin.channels.sms.concatenation import Place, split_header
from zhiyin.channels.sms.contract import ProtocolError
from zhiyin.channels.sms.framing import Framing, Reader

# A message_payload may have 64 kB, but no text of ours or a customer's comes near.
FRAMING = Framing(has_status=True, longest=70_000)
VERSION = 0x34
LONGEST_SHORT_MESSAGE = 254
UDH_INDICATOR = 0x40
MESSAGE_TYPE = 0x3C
RECEIPT_TYPES = frozenset({0x04, 0x20})
WANT_FINAL_RECEIPT = 0x01


class Command(IntEnum):
    GENERIC_NACK = 0x80000000
    SUBMIT_SM = 0x00000004
    DELIVER_SM = 0x00000005
    UNBIND = 0x00000006
    BIND_TRANSCEIVER = 0x00000009
    ENQUIRE_LINK = 0x00000015
    ALERT_NOTIFICATION = 0x00000102
    DATA_SM = 0x00000103


class Tag(IntEnum):
    """Optional parameters that are read (section 5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_REFERENCE = 0x020C
    SAR_TOTAL = 0x020E
    SAR_NUMBER = 0x020F
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class Coding(IntEnum):
    """`data_coding` (section 5.2.19)."""

    DEFAULT = 0x00
    ASCII = 0x01
    LATIN_1 = 0x03
    UCS2 = 0x08


@dataclass(frozen=True, slots=True)
class Address:
    """Number with its type and its numbering plan (sections 5.2.5 and 5.2.6)."""

    number: str
    ton: int = 0
    npi: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """Body of submit_sm and deliver_sm, whose fields are the same."""

    source: Address
    destination: Address
    octets: bytes
    coding: int = Coding.DEFAULT
    esm_class: int = 0
    registered_delivery: int = 0
    service_type: str = ""
    validity_period: str = ""
    optional: dict[int, bytes] = field(default_factory=dict)

    @property
    def is_receipt(self) -> bool:
        """Whether this is about a text of ours; only the type says so.

        What a text says proves nothing: a customer could write it.
        """
        return self.esm_class & MESSAGE_TYPE in RECEIPT_TYPES

    def content(self) -> tuple[Place | None, bytes]:
        """Place among the parts of a text, and the octets without their header."""
        octets = self.octets or self.optional.get(Tag.MESSAGE_PAYLOAD, b"")
        if self.esm_class & UDH_INDICATOR:
            return split_header(octets)
        return self._segment(), octets

    def _segment(self) -> Place | None:
        tags = (Tag.SAR_REFERENCE, Tag.SAR_TOTAL, Tag.SAR_NUMBER)
        if any(tag not in self.optional for tag in tags):
            return None
        place = Place(*(int.from_bytes(self.optional[tag]) for tag in tags))
        return place if 1 <= place.number <= place.total else None


def encode_bind(
    system_id: str, password: str, system_type: str, address_range: str
) -> bytes:
    """Body of bind_transceiver."""
    return (
        c_string(system_id, 16, "system_id")
        + c_string(password, 9, "password")
        + c_string(system_type, 13, "system_type")
        + bytes([VERSION, 0, 0])
        + c_string(address_range, 41, "address_range")
    )


def encode_message(message: Message) -> bytes:
    """Body of submit_sm or deliver_sm."""
    if len(message.octets) > LONGEST_SHORT_MESSAGE:
        raise ProtocolError(
            f"short_message has {len(message.octets)} octets; at most "
            f"{LONGEST_SHORT_MESSAGE} fit."
        )
    return b"".join(
        (
            c_string(message.service_type, 6, "service_type"),
            _address(message.source),
            _address(message.destination),
            bytes([message.esm_class, 0, 0, 0]),  # protocol_id, priority, no schedule
            c_string(message.validity_period, 17, "validity_period"),
            bytes([message.registered_delivery, 0, message.coding, 0]),
            bytes([len(message.octets)]),
            message.octets,
            *(
                struct.pack(">HH", tag, len(value)) + value
                for tag, value in message.optional.items()
            ),
        )
    )


def decode_message(body: bytes) -> Message:
    """Read the body of submit_sm or deliver_sm.

    Raises
    ------
    ProtocolError
        A field is cut off or has no end.

    """
    reader = Reader(body)
    service_type = reader.c_string(6)
    source = _read_address(reader)
    destination = _read_address(reader)
    esm_class, _, _ = (reader.number(1) for _ in range(3))
    reader.c_string(17)
    validity_period = reader.c_string(17)
    registered_delivery, _, coding, _ = (reader.number(1) for _ in range(4))
    octets = reader.octets(reader.number(1))
    return Message(
        source=source,
        destination=destination,
        octets=octets,
        coding=coding,
        esm_class=esm_class,
        registered_delivery=registered_delivery,
        service_type=service_type,
        validity_period=validity_period,
        optional=_read_optional(reader),
    )


def decode_message_id(body: bytes) -> str:
    """Identifier in submit_sm_resp; empty where the gateway gives none."""
    return Reader(body).c_string(65) if body else ""


def decode_text(coding: int, octets: bytes, *, default: str = "gsm") -> str:
    """Text of a received message; `default` is what the gateway's coding 0 means."""
    if coding == Coding.DEFAULT and default == "gsm":
        return gsm.decode(octets)
    if coding == Coding.UCS2:
        # Half a surrogate pair at the edge of a part finds its other half later.
        return octets[: len(octets) & ~1].decode("utf-16-be", "surrogatepass")
    codec = {
        Coding.DEFAULT.value: default,
        Coding.ASCII.value: "ascii",
        Coding.LATIN_1.value: "latin-1",
        0x0F: "gb18030",
    }.get(coding, "latin-1")
    return octets.decode(codec, "replace")


def c_string(value: str, longest: int, name: str) -> bytes:
    """Octets of a text with its closing zero, at most `longest` together."""
    octets = value.encode("ascii", "replace")
    if len(octets) >= longest or b"\0" in octets or octets != value.encode():
        raise ProtocolError(
            f"{name} must be ASCII of at most {longest - 1} characters, and is not."
        )
    return octets + b"\0"


def _address(address: Address) -> bytes:
    return bytes([address.ton, address.npi]) + c_string(address.number, 21, "address")


def _read_address(reader: Reader) -> Address:
    ton, npi = reader.number(1), reader.number(1)
    return Address(reader.c_string(21), ton, npi)


def _read_optional(reader: Reader) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while reader.remaining:
        tag = reader.number(2)
        found[tag] = reader.octets(reader.number(2))
    return found
