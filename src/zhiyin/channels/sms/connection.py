"""One connection to a gateway: who waits for which answer, and is anybody there."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswerInTimeError
from dataclasses import dataclass

from zhiyin.channels.sms.contract import TemporarySmsError
from zhiyin.channels.sms.framing import Frame, FrameBuffer, Framing

HIGHEST_SEQUENCE = 0x7FFFFFFF
CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds and counts of a connection; CMPP calls three of them T, N and C."""

    connect_seconds: float = 10.0
    answer_seconds: float = 60.0
    """T: how long an answer may take."""
    attempts: int = 3
    """N: how often a keep-alive is sent before the connection is given up."""
    idle_seconds: float = 180.0
    """C: silence after which a keep-alive is sent."""
    first_pause_seconds: float = 1.0
    """Before connecting again; doubles with every failure."""
    longest_pause_seconds: float = 60.0
    close_seconds: float = 5.0


class LinkLostError(TemporarySmsError):
    """The connection is gone; whether the gateway took the text is unknown."""

    def __init__(self, message: str) -> None:
        super().__init__(message, is_outcome_unknown=True)


class Connection:
    """A logged-in socket. `run` reads in one thread, `request` waits in others."""

    def __init__(
        self, peer: socket.socket, framing: Framing, *, timing: Timing, window: int
    ) -> None:
        self._peer = peer
        self._framing = framing
        self._timing = timing
        self._buffer = FrameBuffer(framing)
        self._early: deque[Frame] = deque()
        self._window = threading.BoundedSemaphore(window)
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._waiting: dict[int, Future[Frame]] = {}
        self._sequence = 0
        self._is_over = False
        # A peer that stops reading must not hold a sender for ever.
        peer.settimeout(timing.answer_seconds)

    # ------------------------------------------------------------ asking

    def request(self, command: int, body: bytes, *, seconds: float) -> Frame:
        """Send a request and wait for its answer, within the window.

        Raises
        ------
        TemporarySmsError
            The window stayed full; nothing was sent.
        LinkLostError
            No answer in time, or the connection broke while waiting.

        """
        if not self._window.acquire(timeout=seconds):
            raise TemporarySmsError(
                f"The window stayed full for {seconds:g} s; the gateway is too slow."
            )
        try:
            return self._exchange(command, body, seconds)
        finally:
            self._window.release()

    def _exchange(self, command: int, body: bytes, seconds: float) -> Frame:
        answer: Future[Frame] = Future()
        with self._lock:
            if self._is_over:
                raise TemporarySmsError("The connection is closed; nothing was sent.")
            sequence = self._next_sequence()
            self._waiting[sequence] = answer
        try:
            self.send(Frame(command, sequence, body))
            return answer.result(seconds)
        except NoAnswerInTimeError:
            raise LinkLostError(f"No answer within {seconds:g} s.") from None
        finally:
            with self._lock:
                self._waiting.pop(sequence, None)

    def ask_directly(self, command: int, body: bytes, *, seconds: float) -> Frame:
        """Send a request and read its answer here, before `run` reads.

        Other frames that come first are kept for `run`.
        """
        with self._lock:
            sequence = self._next_sequence()
        self.send(Frame(command, sequence, body))
        deadline = time.monotonic() + seconds
        while True:
            frames = self._read(deadline)
            # A peer that talks on and on without answering is no better than none.
            if frames is None or time.monotonic() > deadline:
                raise LinkLostError(f"No answer within {seconds:g} s.")
            answers = [
                frame
                for frame in frames
                if frame.is_answer and frame.sequence == sequence
            ]
            self._early.extend(frame for frame in frames if frame not in answers)
            if answers:
                return answers[0]

    def send(self, frame: Frame) -> None:
        """Send a frame whole, or break the connection."""
        try:
            with self._sending:
                self._peer.sendall(self._framing.pack(frame))
        except OSError as error:
            # Half a frame may be out: whatever follows would be misread.
            self.end()
            raise LinkLostError(f"Sending failed: {error}.") from error

    # ------------------------------------------------------------ reading

    def run(self, handle: Callable[[Frame], None], *, keep_alive: int) -> None:
        """Read until the connection ends; `handle` gets what is no awaited answer.

        Raises
        ------
        LinkLostError
            The peer went away or answers no keep-alive.
        ProtocolError
            The peer sent a length that no frame has.

        """
        deadline = time.monotonic() + self._timing.idle_seconds
        probes = 0
        self._settle(list(self._early), handle)
        while not self._is_over:
            frames = self._read(deadline)
            if frames is None and probes >= self._timing.attempts:
                raise LinkLostError(f"No answer to {probes} keep-alives.")
            if frames is None:
                probes += 1
                deadline = time.monotonic() + self._timing.answer_seconds
                with self._lock:
                    sequence = self._next_sequence()
                self.send(Frame(keep_alive, sequence))
                continue
            probes = 0
            deadline = time.monotonic() + self._timing.idle_seconds
            self._settle(frames, handle)

    def _settle(self, frames: list[Frame], handle: Callable[[Frame], None]) -> None:
        for frame in frames:
            with self._lock:
                waiting = (
                    self._waiting.pop(frame.sequence, None) if frame.is_answer else None
                )
            if waiting is not None:
                waiting.set_result(frame)
            else:
                handle(frame)

    def _read(self, deadline: float) -> list[Frame] | None:
        """Frames of what came next; nothing once the deadline is over."""
        with selectors.DefaultSelector() as ready:
            ready.register(self._peer, selectors.EVENT_READ)
            if not ready.select(max(0.0, deadline - time.monotonic())):
                return None
        octets = self._receive()
        if not octets:
            raise LinkLostError("The gateway closed the connection.")
        return list(self._buffer.feed(octets))

    def _receive(self) -> bytes:
        try:
            return self._peer.recv(CHUNK)
        except OSError as error:
            raise LinkLostError(f"Receiving failed: {error}.") from error

    # ------------------------------------------------------------ ending

    def end(self) -> None:
        """Break the connection; `run` returns, and whoever waits is told."""
        with self._lock:
            self._is_over = True
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.set_exception(LinkLostError("The connection broke while waiting."))
        with contextlib.suppress(OSError):
            self._peer.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """End and give the socket back; only for the thread that called `run`."""
        self.end()
        self._peer.close()

    def _next_sequence(self) -> int:
        self._sequence = self._sequence % HIGHEST_SEQUENCE + 1
        return self._sequence
