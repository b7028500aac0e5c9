"""Requests to addresses that people typed: bounded, not redirected, not inwards.

Whoever may type an address could point it at a machine that only this one reaches:
a metadata service, a database, a neighbour's page. So the name is looked up once,
every address it has is judged, and the connection goes to exactly the judged one:
a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

LARGEST_ANSWER_BYTES = 1_000_000


class AddressRefusedError(ValueError):
    """The address is no http or https address, or leads inwards."""


class UnreachableError(OSError):
    """The request certainly did not leave: no name, no connection, no TLS."""


class NoAnswerError(OSError):
    """The request left and no answer came: it may or may not have had effect."""


@dataclass(frozen=True)
class Limits:
    """How long a request may take as a whole, and how much of the answer is read.

    `allowed` names networks that may be reached although they are not public.
    """

    total_seconds: float = 60.0
    answer_bytes: int = LARGEST_ANSWER_BYTES
    allowed: Sequence[IPv4Network | IPv6Network] = ()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]


DEFAULT_LIMITS = Limits()


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout_seconds: float = 15.0,
    may_reach_private: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Answer:
    """Post a body and return the answer, whatever its status; follow no redirect."""
    wanted = _Wanted("POST", url, body, headers)
    return _exchange(wanted, timeout_seconds, may_reach_private, limits)


def get(
    url: str,
    headers: Mapping[str, str],
    *,
    timeout_seconds: float = 15.0,
    may_reach_private: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Answer:
    """Ask for an address and return the answer; follow no redirect."""
    wanted = _Wanted("GET", url, None, headers)
    return _exchange(wanted, timeout_seconds, may_reach_private, limits)


@dataclass(frozen=True)
class _Wanted:
    method: str
    url: str
    body: bytes | None
    headers: Mapping[str, str]


def _exchange(
    wanted: _Wanted,
    timeout_seconds: float,
    may_reach_private: bool,  # noqa: FBT001 - passed on by the two above
    limits: Limits,
) -> Answer:
    parts, host, port = _read_address(wanted.url)
    addresses = judged_addresses(
        host,
        port,
        may_reach_private=may_reach_private,
        allowed=limits.allowed,
    )
    connection = _connect(parts, addresses, timeout_seconds)
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    # A peer that sends a byte now and then keeps every single wait short.
    alarm = threading.Timer(limits.total_seconds, _break_off, [connection.sock])
    alarm.daemon = True
    alarm.start()
    try:
        headers = dict(wanted.headers)
        connection.request(wanted.method, target, body=wanted.body, headers=headers)
        answer = connection.getresponse()
        return Answer(
            answer.status,
            answer.read(limits.answer_bytes),
            {name.lower(): value for name, value in answer.getheaders()},
        )
    except (UnicodeError, http.client.InvalidURL) as error:
        # Written wrong, and found out before the first byte left.
        message = f"the request to {host} cannot be written: {error}"
        raise AddressRefusedError(message) from error
    except (OSError, http.client.HTTPException) as error:
        message = f"no answer from {parts.hostname}: {error or type(error).__name__}"
        raise NoAnswerError(message) from error
    finally:
        alarm.cancel()
        connection.close()


def _read_address(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        message = f"this is no web address: {error}"
        raise AddressRefusedError(message) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        message = f"an address begins with https:// and names a host; received {url!r}"
        raise AddressRefusedError(message)
    return parts, parts.hostname, port


def _break_off(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)


def judged_addresses(
    host: str,
    port: int,
    *,
    may_reach_private: bool,
    allowed: Iterable[IPv4Network | IPv6Network] = (),
) -> list[tuple[str, int]]:
    """Return where a name leads; raises when any of it leads inwards."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"the name {host} is not known: {error}"
        raise UnreachableError(message) from error
    addresses = [(str(each[4][0]), int(each[4][1])) for each in found]
    known = list(allowed)
    inward = [
        each
        for each, _port in addresses
        if not _leads_outwards(each) and not _is_within(each, known)
    ]
    if inward and not may_reach_private:
        message = f"{host} leads to {inward[0]}, which is not a public address"
        raise AddressRefusedError(message)
    return addresses


def _leads_outwards(address: str) -> bool:
    known = ip_address(address.partition("%")[0])
    mapped = getattr(known, "ipv4_mapped", None)
    known = mapped or known
    return known.is_global and not known.is_multicast


def _is_within(address: str, allowed: Iterable[IPv4Network | IPv6Network]) -> bool:
    known = ip_address(address.partition("%")[0])
    return any(known in network for network in allowed)


def _connect(
    parts: SplitResult,
    addresses: list[tuple[str, int]],
    timeout_seconds: float,
) -> http.client.HTTPConnection:
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    kind = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
    connection: http.client.HTTPConnection = kind(host, addresses[0][1])
    problem: OSError | None = None
    for address in addresses:
        try:
            peer = socket.create_connection(address, timeout_seconds)
            if is_secure:
                context = ssl.create_default_context()
                peer = context.wrap_socket(peer, server_hostname=host)
        except OSError as error:
            problem = error
        else:
            connection.sock = peer
            return connection
    message = f"{host} cannot be reached: {problem}"
    raise UnreachableError(message) from problem
