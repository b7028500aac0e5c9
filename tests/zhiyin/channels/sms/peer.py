"""A gateway on loopback, in threads: what the peers of both protocols share."""

from __future__ import annotations

import contextlib
import queue
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from zhiyin.channels.sms import SmsEvent
from zhiyin.channels.sms.client import GatewayClient

PATIENCE = 10.0


@dataclass(frozen=True)
class Received:
    command: int
    sequence: int
    status: int
    body: bytes


class Peer:
    """Listens on 127.0.0.1 and keeps every message it received.

    `silent` commands get no answer; `statuses` are given to the next submits.
    """

    header = ">III"
    terminate = 0

    def __init__(self) -> None:
        self.received: queue.Queue[Received] = queue.Queue()
        self.statuses: deque[int] = deque()
        self.silent: set[int] = set()
        self.logins = 0
        self.submitted: list[dict[str, Any]] = []
        self.open_submits = 0
        self.most_open_submits = 0
        self.hold = threading.Event()
        self.hold.set()
        self._links: list[socket.socket] = []
        self._lock = threading.Lock()
        self._sequence = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hold.set()
        # Closing alone would not wake the thread that accepts.
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.drop()
        for thread in self._threads:
            thread.join(PATIENCE)

    def drop(self) -> None:
        """Cut every connection."""
        with self._lock:
            links, self._links = self._links, []
        for link in links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    def request(self, command: int, body: bytes) -> int:
        """Send a request of our own on the newest connection; gives its sequence."""
        self._sequence += 1
        self.write(self._links[-1], command, self._sequence, body)
        return self._sequence

    def raw(self, octets: bytes) -> None:
        self._links[-1].sendall(octets)

    def wait_for(self, command: int) -> Received:
        """Next message of that command, passing over others."""
        while True:
            message = self.received.get(timeout=PATIENCE)
            if message.command == command:
                return message

    def write(
        self,
        link: socket.socket,
        command: int,
        sequence: int,
        body: bytes = b"",
        *,
        status: int = 0,
    ) -> None:
        fields = (status, sequence) if self.header == ">IIII" else (sequence,)
        size = struct.calcsize(self.header) + len(body)
        link.sendall(struct.pack(self.header, size, command, *fields) + body)

    def answer(self, link: socket.socket, message: Received) -> None:
        raise AssertionError("each peer says what it answers")

    # ------------------------------------------------------------ threads

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._door.accept()
            except OSError:
                return
            with self._lock:
                self._links.append(link)
            thread = threading.Thread(target=self._serve, args=(link,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, link: socket.socket) -> None:
        with contextlib.suppress(OSError, ConnectionError):
            while True:
                message = self._read(link)
                self.received.put(message)
                if message.command not in self.silent:
                    self.answer(link, message)
                if message.command == self.terminate:
                    link.shutdown(socket.SHUT_RDWR)

    def _read(self, link: socket.socket) -> Received:
        size = struct.calcsize(self.header)
        length, command, *rest = struct.unpack(self.header, _exactly(link, size))
        body = _exactly(link, length - size)
        status, sequence = rest if len(rest) == 2 else (0, rest[0])
        return Received(command, sequence, status, body)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def arrived(client: GatewayClient, count: int = 1) -> list[SmsEvent]:
    """Events once so many have come, each acknowledged."""
    until(lambda: client._arrived.qsize() >= count)
    return list(client.events())


def _exactly(link: socket.socket, size: int) -> bytes:
    octets = b""
    while len(octets) < size:
        piece = link.recv(size - len(octets))
        if not piece:
            raise ConnectionError
        octets += piece
    return octets
