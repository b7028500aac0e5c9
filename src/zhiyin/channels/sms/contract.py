"""What every text-message client promises: its calls, its events, its errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class SmsError(Exception):
    """A text was not sent.

    `accepted` lists the identifiers of parts the gateway took before it failed: a
    text of several parts can be cut in the middle.
    """

    def __init__(self, message: str, *, accepted: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.accepted = accepted


class TemporarySmsError(SmsError):
    """The same text may go through later.

    With `is_outcome_unknown` the gateway may have taken the text although no answer
    came back: whoever sends it again risks asking a customer twice.
    """

    def __init__(
        self,
        message: str,
        *,
        accepted: tuple[str, ...] = (),
        is_outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message, accepted=accepted)
        self.is_outcome_unknown = is_outcome_unknown


class SmsLoginError(TemporarySmsError):
    """The gateway refused the account; texts wait until the settings are right."""


class PermanentSmsError(SmsError):
    """The same text to the same number will be refused again."""


class ProtocolError(SmsError):
    """The peer sent octets that the specification does not allow."""


class ReportState(StrEnum):
    """Where a text is, in words common to all gateways."""

    PENDING = "pending"
    DELIVERED = "delivered"
    EXPIRED = "expired"
    DELETED = "deleted"
    UNDELIVERABLE = "undeliverable"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


# The seven letters that SMPP 3.4 (appendix B) and CMPP (Stat) share.
STATE_OF_WORD = {
    "DELIVRD": ReportState.DELIVERED,
    "EXPIRED": ReportState.EXPIRED,
    "DELETED": ReportState.DELETED,
    "UNDELIV": ReportState.UNDELIVERABLE,
    "ACCEPTD": ReportState.PENDING,
    "ENROUTE": ReportState.PENDING,
    "UNKNOWN": ReportState.UNKNOWN,
    "REJECTD": ReportState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of one part; `provider_id` is one of those `send` returned."""

    provider_id: str
    state: ReportState
    code: str
    to: str
    done_at: datetime | None = None
    error: str = ""

    @property
    def is_final(self) -> bool:
        """Whether no other report is to be expected for this part."""
        return self.state is not ReportState.PENDING


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A text that a customer sent.

    `to` is the number it was sent to. `provider_id` is empty where the protocol gives
    none. A text with `is_complete` false lacks parts that did not come in time.
    """

    sender: str
    to: str
    text: str
    received_at: datetime
    provider_id: str = ""
    is_complete: bool = True


SmsEvent = DeliveryReport | IncomingText


@runtime_checkable
class SmsClient(Protocol):
    """A connection to a gateway, safe to use from several threads."""

    def send(self, to: str, text: str, *, reference: str) -> list[str]:
        """Send a text and give the gateway's identifier of each part, in order.

        `reference` is the sender's own key. It names the text in errors, and the same
        reference gives parts the same concatenation number, so that a phone that
        receives a part twice shows it once.

        Raises
        ------
        TemporarySmsError
            Try again later: throttled, not connected, no answer in time.
        PermanentSmsError
            The gateway or the rules of the protocol refuse this text or number.

        """
        ...

    def events(self, *, wait: float = 0.0) -> Iterator[SmsEvent]:
        """Give what has arrived, then wait at most `wait` seconds for each next one.

        An event is acknowledged to the gateway when the next one is asked for. One
        whose handling raises is not, and comes again after the gateway's own pause;
        so store first, expect doubles, and run the loop to its end.
        """
        ...

    def close(self) -> None:
        """Say goodbye, drop the connection, end the thread. Twice is harmless."""
        ...
