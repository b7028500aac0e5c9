"""The CMPP client: log in, submit, take what is delivered, keep the link alive."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

from zhiyin.channels.sms.client import GatewayClient, GatewaySettings, Part
from zhiyin.channels.sms.cmpp import layouts, results
from zhiyin.channels.sms.cmpp.layouts import (
    FRAMING,
    Body,
    Command,
    MessageFormat,
    Version,
)
from zhiyin.channels.sms.concatenation import header, split_header
from zhiyin.channels.sms.connection import Connection
from zhiyin.channels.sms.contract import (
    DeliveryReport,
    IncomingText,
    PermanentSmsError,
    ProtocolError,
    SmsLoginError,
)
from zhiyin.channels.sms.framing import ANSWER, Frame
from zhiyin.channels.sms.text import Encoding

CODEC_OF_FORMAT = {
    MessageFormat.ASCII.value: "ascii",
    MessageFormat.GB.value: "gb18030",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CmppSettings(GatewaySettings):
    """Settings of an account at a gateway; names in capitals are the fields'."""

    source_addr: str
    """Enterprise code (SP_Id), six characters: Source_Addr and Msg_src."""
    secret: str
    source: str
    """Number that customers see: Src_Id."""
    port: int = 7890
    version: Version = Version.CMPP2
    service_id: str = ""
    fee_user_type: int = 2
    """Who is charged; 2 is the enterprise."""
    fee_type: str = "01"
    fee_code: str = "000000"
    valid_time: str = ""
    wants_receipts: bool = True
    verifies_gateway: bool = True
    """Refuse a gateway whose answer does not prove that it knows the secret."""


class CmppClient(GatewayClient):
    """Sends and receives texts over CMPP 2.0 or 3.0."""

    framing = FRAMING
    keep_alive = Command.ACTIVE_TEST
    # Msg_Fmt 0 is ASCII, not the GSM alphabet: @ and $ have other codes there.
    is_ascii_only = True

    def __init__(self, settings: CmppSettings) -> None:
        super().__init__(settings)
        self._cmpp = settings
        self._zone = timezone(timedelta(hours=settings.utc_offset_hours))

    # ------------------------------------------------------------ asking

    def _log_in(self, connection: Connection) -> None:
        cmpp = self._cmpp
        moment = datetime.now(self._zone).strftime("%m%d%H%M%S")
        proof = authenticator_source(cmpp.source_addr, cmpp.secret, moment)
        body = Body(
            numbers={"Version": cmpp.version, "Timestamp": int(moment)},
            texts={"Source_Addr": cmpp.source_addr},
            octets={"AuthenticatorSource": proof},
        )
        try:
            octets = layouts.CONNECT.encode(body)
        except ProtocolError as error:
            raise SmsLoginError(f"The gateway's settings are wrong: {error}") from error
        answer = connection.ask_directly(
            Command.CONNECT, octets, seconds=cmpp.timing.connect_seconds
        )
        self._judge_login(answer, proof)

    def _judge_login(self, answer: Frame, proof: bytes) -> None:
        cmpp = self._cmpp
        # A gateway that knows only the other version answers in its own layout.
        version = cmpp.version
        other = Version.CMPP2 if version is Version.CMPP3 else Version.CMPP3
        if len(answer.body) == len(layouts.connect_resp(other).encode(Body())):
            version = other
        body = layouts.connect_resp(version).decode(answer.body)
        status = body.numbers["Status"]
        if status != results.OK:
            raise results.login_error(status)
        if version is not cmpp.version:
            raise SmsLoginError(
                f"The gateway speaks {version.name}, the settings say "
                f"{cmpp.version.name}. Change the version."
            )
        given = body.octets["AuthenticatorISMG"]
        if cmpp.verifies_gateway and not _is_proven(given, proof, cmpp.secret):
            raise SmsLoginError(
                "The gateway did not prove that it knows the shared secret. If the "
                "operator confirms that it never does, turn the proof off."
            )

    def _submit(self, connection: Connection, part: Part) -> str:
        cmpp = self._cmpp
        layout = layouts.submit(cmpp.version)
        try:
            octets = layout.encode(self._submission(part))
        except ProtocolError as error:
            raise PermanentSmsError(str(error)) from error
        answer = connection.request(
            Command.SUBMIT, octets, seconds=cmpp.timing.answer_seconds
        )
        if answer.command != Command.SUBMIT | ANSWER:
            raise ProtocolError(f"SUBMIT was answered by 0x{answer.command:08X}.")
        body = layouts.result(cmpp.version).decode(answer.body)
        if body.numbers["Result"] != results.OK:
            raise results.submit_error(body.numbers["Result"], also=cmpp.also_temporary)
        return str(body.numbers["Msg_Id"])

    def _submission(self, part: Part) -> Body:
        cmpp = self._cmpp
        is_ascii = part.encoding is Encoding.GSM7
        content = part.text.encode("ascii" if is_ascii else "utf-16-be")
        return Body(
            numbers={
                "Pk_total": part.place.total if part.place else 1,
                "Pk_number": part.place.number if part.place else 1,
                "Registered_Delivery": int(cmpp.wants_receipts),
                "Fee_UserType": cmpp.fee_user_type,
                "TP_udhi": int(part.place is not None),
                "Msg_Fmt": MessageFormat.ASCII if is_ascii else MessageFormat.UCS2,
                "DestUsr_tl": 1,
            },
            texts={
                "Service_Id": cmpp.service_id,
                "Msg_src": cmpp.source_addr,
                "FeeType": cmpp.fee_type,
                "FeeCode": cmpp.fee_code,
                "ValId_Time": cmpp.valid_time,
                "Src_Id": cmpp.source,
                "Dest_terminal_Id": part.to.removeprefix("+"),
            },
            octets={
                "Msg_Content": (header(part.place) if part.place else b"") + content
            },
        )

    def _say_goodbye(self, connection: Connection, seconds: float) -> None:
        connection.request(Command.TERMINATE, b"", seconds=seconds)

    # ------------------------------------------------------------ answering

    def _handle(self, connection: Connection, frame: Frame) -> None:
        if frame.is_answer:
            return  # It came too late: whoever waited has gone.
        if frame.command == Command.DELIVER:
            self._take(connection, frame)
        elif frame.command == Command.ACTIVE_TEST:
            connection.send(frame.answer(layouts.ACTIVE_TEST_RESP.encode(Body())))
        elif frame.command == Command.TERMINATE:
            connection.send(frame.answer())
            connection.end()
        else:
            raise ProtocolError(f"The gateway sent command 0x{frame.command:08X}.")

    def _take(self, connection: Connection, frame: Frame) -> None:
        body = layouts.deliver(self._cmpp.version).decode(frame.body)
        acknowledge = partial(self._answer, connection, frame, body, results.OK)
        try:
            is_kept = self._keep_delivery(body, acknowledge)
        except ProtocolError:
            # Acknowledged, because it would be as unreadable when it came again.
            acknowledge()
            raise
        if not is_kept:
            self._answer(connection, frame, body, results.FLOW_CONTROL)

    def _answer(
        self, connection: Connection, frame: Frame, body: Body, result: int
    ) -> None:
        numbers = {"Msg_Id": body.numbers["Msg_Id"], "Result": result}
        answer = layouts.result(self._cmpp.version).encode(Body(numbers=numbers))
        connection.send(frame.answer(answer))

    def _keep_delivery(self, body: Body, acknowledge: partial[None]) -> bool:
        content = body.octets["Msg_Content"]
        if body.numbers["Registered_Delivery"]:
            return self._put(self._report_of(content), acknowledge)
        place = None
        if body.numbers["TP_udhi"]:
            place, content = split_header(content)
        text = IncomingText(
            sender=body.texts["Src_terminal_Id"],
            to=body.texts["Dest_Id"],
            text=decode_text(body.numbers["Msg_Fmt"], content),
            received_at=datetime.now(UTC),
            provider_id=str(body.numbers["Msg_Id"]),
        )
        if place is None or place.total == 1:
            return self._put(text, acknowledge)
        return self._put_part(text, place, acknowledge)

    def _report_of(self, content: bytes) -> DeliveryReport:
        body = layouts.report(len(content)).decode(content)
        stat = body.texts["Stat"]
        return DeliveryReport(
            provider_id=str(body.numbers["Msg_Id"]),
            state=results.state_of(stat),
            code=stat,
            to=body.texts["Dest_terminal_Id"],
            done_at=self._moment(body.texts["Done_time"]),
        )

    def _moment(self, digits: str) -> datetime | None:
        try:
            return datetime.strptime(digits, "%y%m%d%H%M").replace(tzinfo=self._zone)
        except ValueError:
            return None


def authenticator_source(source_addr: str, secret: str, moment: str) -> bytes:
    """MD5 over the enterprise code, nine zero octets, the secret and the moment.

    The specification wants MD5; it protects no more than a line that is private.
    """
    words = source_addr.encode() + bytes(9) + secret.encode() + moment.encode()
    return hashlib.md5(words, usedforsecurity=False).digest()


def _is_proven(given: bytes, proof: bytes, secret: str) -> bool:
    """Whether the gateway knows the secret: MD5 over status, our proof and it.

    The status counts as one octet in 2.0 and four in 3.0, but gateways mix them up.
    """
    wanted = (
        hashlib.md5(
            bytes(width) + proof + secret.encode(), usedforsecurity=False
        ).digest()
        for width in (1, 4)
    )
    return any(hmac.compare_digest(given, one) for one in wanted)


def decode_text(message_format: int, octets: bytes) -> str:
    """Text of a received message."""
    if message_format == MessageFormat.UCS2:
        # Half a surrogate pair at the edge of a part finds its other half later.
        return octets[: len(octets) & ~1].decode("utf-16-be", "surrogatepass")
    codec = CODEC_OF_FORMAT.get(message_format, "latin-1")
    return octets.decode(codec, "replace")
