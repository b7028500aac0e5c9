"""Delivery receipts: optional parameters first, then the text form of appendix B."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from zhiyin.channels.sms.contract import (
    STATE_OF_WORD,
    DeliveryReport,
    ProtocolError,
    ReportState,
)
from zhiyin.channels.sms.smpp.codec import Message, Tag

# message_state, section 5.2.28
WORD_OF_STATE = {
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED",
    5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
FIELD = {
    "id": re.compile(r"\bid:\s*(\S{1,64})", re.IGNORECASE),
    "stat": re.compile(r"\bstat:\s*(\w{1,16})", re.IGNORECASE),
    "err": re.compile(r"\berr:\s*(\S{1,16})", re.IGNORECASE),
    "done date": re.compile(r"\bdone date:\s*(\d{10,12})", re.IGNORECASE),
}
LENGTH_WITHOUT_SECONDS = 10
LONGEST_ID = 64


def decode_receipt(
    message: Message, *, are_ids_decimal: bool = False, utc_offset_hours: float = 8.0
) -> DeliveryReport:
    """Read a receipt.

    Parameters
    ----------
    message
        A deliver_sm whose type says that it is a receipt.
    are_ids_decimal
        The gateway answers a text with a hexadecimal identifier and writes the same
        number in decimal into receipts, as some do.
    utc_offset_hours
        Clock of the gateway.

    Raises
    ------
    ProtocolError
        Neither form names a message.

    """
    text = message.content()[1].decode("latin-1")
    identifier = _optional_text(message, Tag.RECEIPTED_MESSAGE_ID) or _field(text, "id")
    if not identifier:
        raise ProtocolError("A receipt names no message.")
    if are_ids_decimal and identifier.isdecimal():
        identifier = f"{int(identifier):X}"
    state = message.optional.get(Tag.MESSAGE_STATE, b"")
    word = WORD_OF_STATE.get(int.from_bytes(state)) if state else None
    code = (word or _field(text, "stat") or "UNKNOWN").upper()
    return DeliveryReport(
        provider_id=identifier,
        state=STATE_OF_WORD.get(code, ReportState.UNKNOWN),
        code=code,
        # The receipt travels back: who got the text is its source.
        to=message.source.number,
        done_at=_moment(_field(text, "done date"), utc_offset_hours),
        error=_network_error(message) or _field(text, "err"),
    )


def matching_id(identifier: str, *, are_ids_decimal: bool) -> str:
    """Bring an answer's identifier into the form that its receipt is given."""
    if not are_ids_decimal:
        return identifier
    try:
        return f"{int(identifier, 16):X}"
    except ValueError:
        return identifier


def _optional_text(message: Message, tag: Tag) -> str:
    octets = message.optional.get(tag, b"").split(b"\0", 1)[0]
    return octets[:LONGEST_ID].decode("ascii", "replace").strip()


def _field(text: str, name: str) -> str:
    found = FIELD[name].search(text)
    return found.group(1) if found else ""


def _network_error(message: Message) -> str:
    octets = message.optional.get(Tag.NETWORK_ERROR_CODE, b"")
    return str(int.from_bytes(octets[1:3])) if octets else ""


def _moment(digits: str, utc_offset_hours: float) -> datetime | None:
    form = "%y%m%d%H%M" + ("" if len(digits) == LENGTH_WITHOUT_SECONDS else "%S")
    zone = timezone(timedelta(hours=utc_offset_hours))
    try:
        return datetime.strptime(digits, form).replace(tzinfo=zone)
    except ValueError:
        return None
