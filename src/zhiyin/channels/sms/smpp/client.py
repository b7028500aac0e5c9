"""The SMPP client: bind as transceiver, submit, take what is delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from zhiyin.channels.sms import gsm
from zhiyin.channels.sms.client import GatewayClient, GatewaySettings, Part
from zhiyin.channels.sms.concatenation import header
from zhiyin.channels.sms.connection import Connection, Timing
from zhiyin.channels.sms.contract import (
    IncomingText,
    PermanentSmsError,
    ProtocolError,
    SmsLoginError,
)
from zhiyin.channels.sms.framing import ANSWER, Frame
from zhiyin.channels.sms.smpp import statuses
from zhiyin.channels.sms.smpp.codec import (
    FRAMING,
    UDH_INDICATOR,
    WANT_FINAL_RECEIPT,
    Address,
    Coding,
    Command,
    Message,
    decode_message,
    decode_message_id,
    decode_text,
    encode_bind,
    encode_message,
)
from zhiyin.channels.sms.smpp.receipts import decode_receipt, matching_id
from zhiyin.channels.sms.text import Encoding

INTERNATIONAL = 1
ISDN = 1
DEFAULT_TIMING = Timing(answer_seconds=30.0, attempts=2, idle_seconds=30.0)
NO_ANSWER = frozenset({Command.ALERT_NOTIFICATION.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmppSettings(GatewaySettings):
    """Settings of an account at a message centre."""

    system_id: str
    password: str
    source: str
    """Number or name that customers see."""
    port: int = 2775
    window: int = 10
    timing: Timing = DEFAULT_TIMING
    system_type: str = ""
    address_range: str = ""
    service_type: str = ""
    source_ton: int = 0
    source_npi: int = 0
    destination_ton: int = 0
    """Of numbers without a plus sign; those with one are international."""
    destination_npi: int = 1
    validity_period: str = ""
    """In the form of the specification, as 000002000000000R for two days."""
    wants_receipts: bool = True
    default_alphabet: str = "gsm"
    """What data_coding 0 means in texts that come in: gsm, ascii or latin-1."""
    are_receipt_ids_decimal: bool = False


class SmppClient(GatewayClient):
    """Sends and receives texts over SMPP 3.4."""

    framing = FRAMING
    keep_alive = Command.ENQUIRE_LINK

    def __init__(self, settings: SmppSettings) -> None:
        super().__init__(settings)
        self._smpp = settings

    # ------------------------------------------------------------ asking

    def _log_in(self, connection: Connection) -> None:
        smpp = self._smpp
        try:
            body = encode_bind(
                smpp.system_id, smpp.password, smpp.system_type, smpp.address_range
            )
        except ProtocolError as error:
            raise SmsLoginError(f"The gateway's settings are wrong: {error}") from error
        answer = connection.ask_directly(
            Command.BIND_TRANSCEIVER, body, seconds=smpp.timing.connect_seconds
        )
        if answer.status != statuses.OK:
            raise statuses.login_error(answer.status)

    def _submit(self, connection: Connection, part: Part) -> str:
        smpp = self._smpp
        try:
            body = encode_message(self._message(part))
        except ProtocolError as error:
            raise PermanentSmsError(str(error)) from error
        answer = connection.request(
            Command.SUBMIT_SM, body, seconds=smpp.timing.answer_seconds
        )
        if answer.status != statuses.OK:
            raise statuses.submit_error(answer.status, also=smpp.also_temporary)
        if answer.command != Command.SUBMIT_SM | ANSWER:
            raise ProtocolError(f"submit_sm was answered by 0x{answer.command:08X}.")
        return matching_id(
            decode_message_id(answer.body),
            are_ids_decimal=smpp.are_receipt_ids_decimal,
        )

    def _message(self, part: Part) -> Message:
        smpp = self._smpp
        is_gsm = part.encoding is Encoding.GSM7
        octets = gsm.encode(part.text) if is_gsm else part.text.encode("utf-16-be")
        return Message(
            source=Address(smpp.source, smpp.source_ton, smpp.source_npi),
            destination=self._destination(part.to),
            octets=(header(part.place) if part.place else b"") + octets,
            coding=Coding.DEFAULT if is_gsm else Coding.UCS2,
            esm_class=UDH_INDICATOR if part.place else 0,
            registered_delivery=WANT_FINAL_RECEIPT if smpp.wants_receipts else 0,
            service_type=smpp.service_type,
            validity_period=smpp.validity_period,
        )

    def _destination(self, to: str) -> Address:
        if to.startswith("+"):
            return Address(to[1:], INTERNATIONAL, ISDN)
        return Address(to, self._smpp.destination_ton, self._smpp.destination_npi)

    def _say_goodbye(self, connection: Connection, seconds: float) -> None:
        connection.request(Command.UNBIND, b"", seconds=seconds)

    # ------------------------------------------------------------ answering

    def _handle(self, connection: Connection, frame: Frame) -> None:
        if frame.is_answer or frame.command in NO_ANSWER:
            return  # An answer that came too late, or what wants none.
        if frame.command == Command.DELIVER_SM:
            self._take(connection, frame)
        elif frame.command == Command.ENQUIRE_LINK:
            connection.send(frame.answer())
        elif frame.command == Command.UNBIND:
            connection.send(frame.answer())
            connection.end()
        else:
            nack = Frame(
                Command.GENERIC_NACK,
                frame.sequence,
                status=statuses.INVALID_COMMAND,
            )
            connection.send(nack)

    def _take(self, connection: Connection, frame: Frame) -> None:
        acknowledge = partial(connection.send, frame.answer(b"\0"))
        try:
            is_kept = self._keep_message(decode_message(frame.body), acknowledge)
        except ProtocolError:
            # Acknowledged, because it would be as unreadable when it came again.
            acknowledge()
            raise
        if not is_kept:
            connection.send(frame.answer(b"\0", status=statuses.QUEUE_FULL))

    def _keep_message(self, message: Message, acknowledge: partial[None]) -> bool:
        smpp = self._smpp
        if message.is_receipt:
            report = decode_receipt(
                message,
                are_ids_decimal=smpp.are_receipt_ids_decimal,
                utc_offset_hours=smpp.utc_offset_hours,
            )
            return self._put(report, acknowledge)
        place, octets = message.content()
        text = IncomingText(
            sender=_with_plus(message.source),
            to=message.destination.number,
            text=decode_text(message.coding, octets, default=smpp.default_alphabet),
            received_at=datetime.now(UTC),
        )
        if place is None or place.total == 1:
            return self._put(text, acknowledge)
        return self._put_part(text, place, acknowledge)


def _with_plus(address: Address) -> str:
    is_plain = address.ton != INTERNATIONAL or address.number.startswith("+")
    return address.number if is_plain else f"+{address.number}"
