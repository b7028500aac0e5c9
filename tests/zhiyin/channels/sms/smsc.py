"""A short message centre, written from the SMPP 3.4 specification with struct alone."""

from __future__ import annotations

import socket
import struct
import threading
from typing import Any

from tests.zhiyin.channels.sms.peer import Peer, Received

BIND_TRANSCEIVER, SUBMIT_SM, DELIVER_SM, UNBIND = 0x09, 0x04, 0x05, 0x06
ENQUIRE_LINK, DELIVER_SM_RESP = 0x15, 0x80000005
THROTTLED, QUEUE_FULL, INVALID_DESTINATION = 0x58, 0x14, 0x0B
INVALID_PASSWORD = 0x0E
PASSWORD = "secret"
STATES = {"ENROUTE": 1, "DELIVRD": 2, "EXPIRED": 3, "UNDELIV": 5, "REJECTD": 8}


class Smsc(Peer):
    header = ">IIII"
    terminate = UNBIND

    def __init__(self, password: str = PASSWORD) -> None:
        super().__init__()
        self.password = password
        self.binds: list[tuple[str, str]] = []
        self.is_slow = False

    def answer(self, link: socket.socket, message: Received) -> None:
        if message.command & 0x80000000:
            return
        if message.command == BIND_TRANSCEIVER:
            self._bind(link, message)
        elif message.command == SUBMIT_SM:
            if self.is_slow:
                threading.Thread(target=self._submit, args=(link, message)).start()
            else:
                self._submit(link, message)
        else:
            self.write(link, message.command | 0x80000000, message.sequence)

    def _bind(self, link: socket.socket, message: Received) -> None:
        system_id, password = message.body.split(b"\0")[:2]
        self.binds.append((system_id.decode(), password.decode()))
        is_known = password.decode() == self.password
        self.logins += is_known
        self.write(
            link,
            0x80000009,
            message.sequence,
            b"smsc\0" if is_known else b"",
            status=0 if is_known else INVALID_PASSWORD,
        )

    def _submit(self, link: socket.socket, message: Received) -> None:
        with self._lock:
            self.open_submits += 1
            self.most_open_submits = max(self.most_open_submits, self.open_submits)
        self.hold.wait(5)
        status = self.statuses.popleft() if self.statuses else 0
        with self._lock:
            self.open_submits -= 1
            if status == 0:
                self.submitted.append(parse_submit(message.body))
            identifier = f"{0xABC0 + len(self.submitted):X}".encode()
        body = identifier + b"\0" if status == 0 else b""
        self.write(link, 0x80000004, message.sequence, body, status=status)

    # ------------------------------------------------------------ to the client

    def send_text(
        self,
        sender: str,
        octets: bytes,
        *,
        coding: int = 8,
        header: bytes = b"",
        optional: dict[int, bytes] | None = None,
    ) -> int:
        esm_class = 0x40 if header else 0
        return self._deliver(sender, header + octets, coding, esm_class, optional)

    def send_receipt(
        self,
        identifier: str,
        stat: str,
        *,
        to: str = "8613800000000",
        has_optional: bool = False,
    ) -> int:
        text = (
            f"id:{identifier} sub:001 dlvrd:001 submit date:2611220930 "
            f"done date:2611220931 stat:{stat} err:021 text:hello"
        )
        optional = None
        if has_optional:
            text = ""
            optional = {
                0x001E: identifier.encode() + b"\0",
                0x0427: bytes([STATES[stat]]),
                0x0423: b"\x03\x00\x15",
            }
        return self._deliver(to, text.encode(), 0, 0x04, optional)

    def _deliver(
        self,
        sender: str,
        octets: bytes,
        coding: int,
        esm_class: int,
        optional: dict[int, bytes] | None,
    ) -> int:
        body = (
            b"\0" + b"\x01\x01" + sender.encode() + b"\0"
            + b"\x00\x01" + b"10690000" + b"\0"
            + bytes([esm_class, 0, 0]) + b"\0\0" + bytes([0, 0, coding, 0])
            + bytes([len(octets)]) + octets
        )  # fmt: skip
        for tag, value in (optional or {}).items():
            body += struct.pack(">HH", tag, len(value)) + value
        return self.request(DELIVER_SM, body)


def parse_submit(body: bytes) -> dict[str, Any]:
    """Fields of submit_sm, section 4.4.1, one after the other."""
    service_type, rest = body.split(b"\0", 1)
    source_ton, source_npi, rest = rest[0], rest[1], rest[2:]
    source, rest = rest.split(b"\0", 1)
    to_ton, to_npi, rest = rest[0], rest[1], rest[2:]
    to, rest = rest.split(b"\0", 1)
    esm_class, rest = rest[0], rest[3:]
    schedule, validity, rest = rest.split(b"\0", 2)
    registered, _, coding, _, length = rest[:5]
    octets = rest[5:]
    assert len(octets) == length
    assert schedule == b""
    return {
        "service_type": service_type.decode(), "source": source.decode(),
        "source_ton": source_ton, "source_npi": source_npi,
        "to": to.decode(), "to_ton": to_ton, "to_npi": to_npi,
        "esm_class": esm_class, "validity": validity.decode(),
        "registered": registered, "coding": coding, "octets": octets,
    }  # fmt: skip
