"""A China Mobile gateway, written from the tables of CMPP with struct alone."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
from typing import Any

from tests.zhiyin.channels.sms.peer import Peer, Received

CONNECT, TERMINATE, SUBMIT, DELIVER, ACTIVE_TEST = 1, 2, 4, 5, 8
DELIVER_RESP, ACTIVE_TEST_RESP = 0x80000005, 0x80000008
FLOW_CONTROL, BAD_DESTINATION = 8, 13
SECRET = "secret"
FIRST_MSG_ID = 0xB2C4_0A5F_0001_0000

SUBMIT_2 = ">QBBBB10sB21sBBB6s2s6s17s17s21sB21s"
SUBMIT_3 = ">QBBBB10sB32sBBBB6s2s6s17s17s21sB32sB"
NAMES_2 = [
    "id",
    "total",
    "number",
    "registered",
    "level",
    "service",
    "fee_user",
    "fee_terminal",
    "pid",
    "udhi",
    "format",
    "msg_src",
    "fee_type",
    "fee_code",
    "valid",
    "at",
    "src",
    "count",
    "to",
]
NAMES_3 = [
    "id",
    "total",
    "number",
    "registered",
    "level",
    "service",
    "fee_user",
    "fee_terminal",
    "fee_terminal_type",
    "pid",
    "udhi",
    "format",
    "msg_src",
    "fee_type",
    "fee_code",
    "valid",
    "at",
    "src",
    "count",
    "to",
    "to_type",
]

FIRST_TEXT = 4242


class Ismg(Peer):
    header = ">III"
    terminate = TERMINATE

    def __init__(self, version: int, secret: str = SECRET) -> None:
        super().__init__()
        self.version = version
        self.secret = secret
        self.proves = True
        self.delivered = 0
        self.is_slow = False

    @property
    def is_3(self) -> bool:
        return self.version == 0x30

    def answer(self, link: socket.socket, message: Received) -> None:
        if message.command & 0x80000000:
            return
        if message.command == CONNECT:
            self._connect(link, message)
        elif message.command == SUBMIT:
            if self.is_slow:
                threading.Thread(target=self._submit, args=(link, message)).start()
            else:
                self._submit(link, message)
        else:
            body = b"\0" if message.command == ACTIVE_TEST else b""
            self.write(link, message.command | 0x80000000, message.sequence, body)

    def _connect(self, link: socket.socket, message: Received) -> None:
        source, proof, version, moment = struct.unpack(">6s16sBI", message.body)
        wanted = hashlib.md5(
            source + b"\0" * 9 + self.secret.encode() + f"{moment:010d}".encode(),
            usedforsecurity=False,
        ).digest()
        status = 0 if proof == wanted else 3
        if version > self.version:
            status = 4
        self.logins += status == 0
        packed = struct.pack(">I" if self.is_3 else ">B", status)
        answer = hashlib.md5(
            packed + proof + self.secret.encode(), usedforsecurity=False
        ).digest()
        if not self.proves:
            answer = b"\0" * 16
        body = packed + answer + bytes([self.version])
        self.write(link, 0x80000001, message.sequence, body)

    def _submit(self, link: socket.socket, message: Received) -> None:
        with self._lock:
            self.open_submits += 1
            self.most_open_submits = max(self.most_open_submits, self.open_submits)
        self.hold.wait(5)
        with self._lock:
            self.open_submits -= 1
            result = self.statuses.popleft() if self.statuses else 0
            identifier = 0
            if result == 0:
                self.submitted.append(self.parse_submit(message.body))
                identifier = FIRST_MSG_ID + len(self.submitted)
        form = ">QI" if self.is_3 else ">QB"
        body = struct.pack(form, identifier, result)
        self.write(link, 0x80000004, message.sequence, body)

    def parse_submit(self, body: bytes) -> dict[str, Any]:
        form, names = (SUBMIT_3, NAMES_3) if self.is_3 else (SUBMIT_2, NAMES_2)
        size = struct.calcsize(form)
        values = struct.unpack(form, body[:size])
        found = {
            name: value.rstrip(b"\0").decode() if isinstance(value, bytes) else value
            for name, value in zip(names, values, strict=True)
        }
        length = body[size]
        found["octets"] = body[size + 1 : size + 1 + length]
        tail = body[size + 1 + length :]
        assert tail == b"\0" * (20 if self.is_3 else 8)
        return found

    # ------------------------------------------------------------ to the client

    def send_text(
        self, sender: str, octets: bytes, *, form: int = 8, header: bytes = b""
    ) -> int:
        return self._deliver(
            sender, header + octets, form, is_udhi=bool(header), registered=0
        )

    def send_report(
        self,
        identifier: int,
        stat: str,
        *,
        to: str = "13800000000",
        is_long: bool = False,
    ) -> int:
        content = struct.pack(
            f">Q7s10s10s{32 if is_long else 21}sI",
            identifier,
            stat.encode(),
            b"2611220930",
            b"2611220931",
            to.encode(),
            77,
        )
        return self._deliver(to, content, 0, is_udhi=False, registered=1)

    def _deliver(
        self, sender: str, content: bytes, form: int, *, is_udhi: bool, registered: int
    ) -> int:
        head = struct.pack(
            ">Q21s10sBBB",
            FIRST_TEXT + self.delivered,
            b"10690000",
            b"SURVEY",
            0,
            is_udhi,
            form,
        )
        self.delivered += 1
        if self.is_3:
            head += struct.pack(">32sB", sender.encode(), 0)
        else:
            head += struct.pack(">21s", sender.encode())
        head += bytes([registered, len(content)])
        return self.request(DELIVER, head + content + b"\0" * (20 if self.is_3 else 8))
