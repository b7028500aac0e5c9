"""What SMPP and CMPP clients have in common: a thread that keeps a connection up."""

from __future__ import annotations

import abc
import contextlib
import logging
import queue
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from zhiyin.channels.sms.concatenation import (
    Assembled,
    Place,
    Reassembler,
    concatenation_number,
)
from zhiyin.channels.sms.connection import Connection, Timing
from zhiyin.channels.sms.contract import (
    IncomingText,
    PermanentSmsError,
    ProtocolError,
    SmsError,
    SmsEvent,
    SmsLoginError,
    TemporarySmsError,
)
from zhiyin.channels.sms.framing import Frame, Framing
from zhiyin.channels.sms.text import Encoding, compose

logger = logging.getLogger(__name__)

NUMBER = re.compile(r"\+?[0-9]{3,20}")
LATER_PART_ATTEMPTS = 5
LONGEST_PART_PAUSE = 5.0
DEFAULT_TIMING = Timing()


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Settings that every gateway needs."""

    host: str
    port: int
    window: int = 16
    """Requests that may be without an answer at the same time."""
    per_second: float = 0.0
    """Most parts sent in a second; 0 for no limit."""
    timing: Timing = DEFAULT_TIMING
    signature: str = ""
    gateway_adds_signature: bool = False
    most_parts: int = 20
    most_events: int = 10_000
    """Events kept for `events`; beyond, the gateway is asked to send again later."""
    parts_seconds: float = 600.0
    """How long the parts of a text that is not whole are kept."""
    utc_offset_hours: float = 8.0
    """Clock of the gateway, for its login and the times in its reports."""
    also_temporary: frozenset[int] = frozenset()
    """A vendor's own result codes after which the same text may be sent again."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part on its way out; `place` is none for a text of a single part."""

    to: str
    text: str
    encoding: Encoding
    place: Place | None


@dataclass(frozen=True, slots=True)
class _Arrived:
    event: SmsEvent
    acknowledge: Callable[[], None]


class GatewayClient(abc.ABC):
    """Keeps a connection, sends texts part by part, collects events.

    A protocol adds how to log in, submit one part, read one frame and say goodbye.
    """

    framing: Framing
    keep_alive: int
    is_ascii_only = False

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._connection: Connection | None = None
        self._problem: SmsError | None = None
        self._is_trying = False
        self._state = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._arrived: queue.Queue[_Arrived] = queue.Queue(settings.most_events)
        self._reassembler = Reassembler(patience=settings.parts_seconds)
        self._pace = threading.Lock()
        self._next_start = 0.0

    # ------------------------------------------------------------ the interface

    def send(self, to: str, text: str, *, reference: str) -> list[str]:
        if not NUMBER.fullmatch(to):
            raise PermanentSmsError(
                f"{reference}: the number is not one. Give 3 to 20 digits, with or "
                "without a plus sign."
            )
        composed = compose(
            text,
            signature=self._settings.signature,
            gateway_adds_signature=self._settings.gateway_adds_signature,
            is_ascii_only=self.is_ascii_only,
            most_parts=self._settings.most_parts,
        )
        total = len(composed.parts)
        identifiers: list[str] = []
        for number, words in enumerate(composed.parts, start=1):
            place = Place(concatenation_number(reference), total, number)
            part = Part(to, words, composed.encoding, place if total > 1 else None)
            try:
                identifiers.append(self._send_part(part, is_first=number == 1))
            except SmsError as error:
                error.accepted = tuple(identifiers)
                error.add_note(f"reference {reference}, part {number} of {total}")
                raise
        return identifiers

    def events(self, *, wait: float = 0.0) -> Iterator[SmsEvent]:
        self._start()
        while True:
            for overdue in self._reassembler.overdue(now=time.monotonic()):
                yield _incoming(overdue)
            try:
                arrived = self._arrived.get(block=wait > 0, timeout=wait or None)
            except queue.Empty:
                return
            yield arrived.event
            with contextlib.suppress(SmsError):
                # On a connection that broke meanwhile nobody waits for this: the
                # gateway will send the event again.
                arrived.acknowledge()

    def close(self) -> None:
        self._closing.set()
        with self._state:
            connection, thread = self._connection, self._thread
            self._state.notify_all()
        if connection is not None:
            with contextlib.suppress(SmsError):
                self._say_goodbye(connection, self._settings.timing.close_seconds)
            connection.end()
        if thread is not None:
            thread.join(self._settings.timing.connect_seconds)

    @property
    def is_connected(self) -> bool:
        """Whether a logged-in connection stands at this moment."""
        return self._connection is not None

    @property
    def problem(self) -> str:
        """Why there is no connection; empty while there is one."""
        return "" if self.is_connected else str(self._problem or "")

    def connect(self) -> None:
        """Wait for a connection; `send` and `events` do so by themselves.

        Raises
        ------
        TemporarySmsError
            Why there is none.

        """
        self._current()

    # ------------------------------------------------------------ of each protocol

    @abc.abstractmethod
    def _log_in(self, connection: Connection) -> None:
        """Introduce the account; raise `SmsLoginError` where it is refused."""

    @abc.abstractmethod
    def _submit(self, connection: Connection, part: Part) -> str:
        """Send one part and give the gateway's identifier of it."""

    @abc.abstractmethod
    def _handle(self, connection: Connection, frame: Frame) -> None:
        """Take a frame that nobody waits for."""

    @abc.abstractmethod
    def _say_goodbye(self, connection: Connection, seconds: float) -> None:
        """Tell the gateway that nothing more will come."""

    # ------------------------------------------------------------ sending

    def _send_part(self, part: Part, *, is_first: bool) -> str:
        # Nothing is lost when a whole text waits. Half a text is worse than a late
        # one, so its later parts are tried again here.
        attempts = 1 if is_first else LATER_PART_ATTEMPTS
        pause = self._settings.timing.first_pause_seconds
        while True:
            attempts -= 1
            connection = self._current()
            self._wait_for_turn()
            try:
                return self._submit(connection, part)
            except TemporarySmsError as error:
                if attempts == 0 or error.is_outcome_unknown:
                    raise
            except ProtocolError as error:
                message = f"The answer could not be read: {error}"
                raise TemporarySmsError(message, is_outcome_unknown=True) from error
            self._closing.wait(pause)
            pause = min(pause * 2, LONGEST_PART_PAUSE)

    def _wait_for_turn(self) -> None:
        if not self._settings.per_second:
            return
        with self._pace:
            now = time.monotonic()
            turn = max(self._next_start, now)
            self._next_start = turn + 1 / self._settings.per_second
        self._closing.wait(turn - now)

    def _current(self) -> Connection:
        self._start()
        with self._state:
            self._state.wait_for(
                lambda: not self._is_trying or self._closing.is_set(),
                self._settings.timing.connect_seconds * 2,
            )
            connection, problem = self._connection, self._problem
        if connection is not None and not self._closing.is_set():
            return connection
        where = f"{self._settings.host}:{self._settings.port}"
        if self._closing.is_set():
            raise TemporarySmsError(f"The connection to {where} was closed.")
        kind = SmsLoginError if isinstance(problem, SmsLoginError) else None
        raise (kind or TemporarySmsError)(f"Not connected to {where}. {problem or ''}")

    # ------------------------------------------------------------ receiving

    def _put(self, event: SmsEvent, acknowledge: Callable[[], None]) -> bool:
        """Keep an event for `events`; false when there are too many already."""
        if isinstance(event, IncomingText):
            event = replace(event, text=_storable(event.text))
        try:
            self._arrived.put_nowait(_Arrived(event, acknowledge))
        except queue.Full:
            return False
        return True

    def _put_part(
        self, text: IncomingText, place: Place, acknowledge: Callable[[], None]
    ) -> bool:
        """Keep a part. Only the last one waits for the reader to be acknowledged.

        A gateway may hold a text's second part back until its first is acknowledged.
        """
        if self._arrived.full():
            return False
        whole = self._reassembler.add(
            text.sender, text.to, place, text.text, now=time.monotonic()
        )
        if whole is None:
            acknowledge()
            return True
        return self._put(_incoming(whole, text.provider_id), acknowledge)

    # ------------------------------------------------------------ the thread

    def _start(self) -> None:
        with self._state:
            if self._thread is not None or self._closing.is_set():
                return
            self._is_trying = True
            where = f"{self._settings.host}:{self._settings.port}"
            self._thread = threading.Thread(
                target=self._keep, name=f"sms {where}", daemon=True
            )
            self._thread.start()

    def _keep(self) -> None:
        timing = self._settings.timing
        pause = timing.first_pause_seconds
        while not self._closing.is_set():
            try:
                connection = self._open()
            except (SmsError, OSError) as error:
                self._report(error)
                if isinstance(error, SmsLoginError):
                    # Some gateways lock an account that knocks again and again.
                    pause = timing.longest_pause_seconds
                self._closing.wait(pause)
                pause = min(pause * 2, timing.longest_pause_seconds)
            else:
                pause = timing.first_pause_seconds
                self._serve(connection)
                self._closing.wait(pause)
            self._set_trying()

    def _open(self) -> Connection:
        address = (self._settings.host, self._settings.port)
        timing = self._settings.timing
        peer = socket.create_connection(address, timing.connect_seconds)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(
            peer, self.framing, timing=timing, window=self._settings.window
        )
        try:
            self._log_in(connection)
        except BaseException:
            connection.release()
            raise
        return connection

    def _serve(self, connection: Connection) -> None:
        with self._state:
            self._connection, self._is_trying = connection, False
            self._state.notify_all()
        if self._closing.is_set():
            connection.end()
        try:
            connection.run(
                lambda frame: self._handle_safely(connection, frame),
                keep_alive=self.keep_alive,
            )
        except (SmsError, OSError) as error:
            self._report(error)
        finally:
            with self._state:
                self._connection = None
            connection.release()

    def _handle_safely(self, connection: Connection, frame: Frame) -> None:
        try:
            self._handle(connection, frame)
        except ProtocolError as error:
            logger.warning("passed over a frame of %s: %s", self._settings.host, error)
        except SmsError:
            raise
        except Exception:
            # A mistake of ours in reading one message must not end all receiving.
            logger.exception("failed on a frame of %s", self._settings.host)

    def _report(self, error: Exception) -> None:
        known = error if isinstance(error, SmsError) else TemporarySmsError(f"{error}.")
        if not self._closing.is_set():
            logger.warning("gateway %s: %s", self._settings.host, known)
        with self._state:
            self._problem, self._is_trying = known, False
            self._state.notify_all()

    def _set_trying(self) -> None:
        with self._state:
            self._is_trying = not self._closing.is_set()
            self._state.notify_all()


def _incoming(whole: Assembled, provider_id: str = "") -> IncomingText:
    return IncomingText(
        sender=whole.sender,
        to=whole.to,
        text=_storable(whole.text),
        received_at=datetime.now(UTC),
        provider_id=provider_id,
        is_complete=whole.is_complete,
    )


def _storable(text: str) -> str:
    """Text that any database takes: halves of pairs mended or marked, no zeros."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace").replace("\0", "")
