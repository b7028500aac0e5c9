"""One call: what was answered, or why nothing was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from zhiyin.common import http

SECONDS = 10.0
KEPT_ANSWER = 2_000
GONE = 410


@dataclass(frozen=True)
class Outcome:
    """What came of one call; a status of 0 says that nothing was answered."""

    status: int
    answer: str = ""
    error: str = ""

    @property
    def is_taken(self) -> bool:
        """Tell whether the receiver took it: any 2xx; a redirect is not followed."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def is_gone(self) -> bool:
        """Tell whether the receiver wants no more calls at all."""
        return self.status == GONE


def networks(names: Iterable[str]) -> list[IPv4Network | IPv6Network]:
    """Read the networks that may be called although they are not public."""
    return [ip_network(name.strip(), strict=False) for name in names if name.strip()]


def call(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    allowed: Iterable[IPv4Network | IPv6Network] = (),
) -> Outcome:
    """Post a body; never raises, because a receiver's fault is an outcome."""
    limits = http.Limits(
        total_seconds=SECONDS,
        answer_bytes=KEPT_ANSWER,
        allowed=tuple(allowed),
    )
    try:
        answer = http.post(url, body, headers, timeout_seconds=SECONDS, limits=limits)
    except (OSError, ValueError) as error:
        return Outcome(0, error=str(error)[:500])
    text = answer.body.decode("utf-8", errors="replace").replace("\x00", "")
    return Outcome(answer.status, answer=text)
