"""SMPP and CMPP behind the channels' seam: clients that stay connected.

Reports and replies come over the connection that sends, so a client is kept for the
whole life of its worker and shared by everything that opens the same account. One
that nobody has used for a while is closed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from zhiyin.channels.base import (
    Callback,
    CallbackAnswer,
    CallbackRefusedError,
    ChannelError,
    Config,
    Handover,
    Inbound,
    Kind,
    Outgoing,
    PermanentError,
    Setting,
    TemporaryError,
    UncertainError,
)
from zhiyin.channels.base import gettext_noop as _
from zhiyin.channels.sms.client import GatewayClient
from zhiyin.channels.sms.cmpp import CmppClient, CmppSettings, Version
from zhiyin.channels.sms.contract import (
    DeliveryReport,
    PermanentSmsError,
    ReportState,
    SmsError,
    SmsEvent,
    SmsLoginError,
    TemporarySmsError,
)
from zhiyin.channels.sms.numbers import (
    MOST_SEGMENTS,
    count_segments,
    read_number,
    signed,
)
from zhiyin.channels.sms.smpp import SmppClient, SmppSettings

IDLE_SECONDS = 600.0
STATES = {
    ReportState.PENDING: "",
    ReportState.UNKNOWN: "",
    ReportState.DELIVERED: "delivered",
}

Maker = Callable[[Config], GatewayClient]


@dataclass
class _Kept:
    config: Config
    client: GatewayClient
    used_at: float


@dataclass
class _Clients:
    """The clients of this process, one per account."""

    kept: dict[Path, _Kept] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, config: Config, make: Maker) -> GatewayClient:
        """Return the account's client; a changed account gets a new one."""
        now = time.monotonic()
        with self.lock:
            over = [
                folder
                for folder, each in self.kept.items()
                if now - each.used_at > IDLE_SECONDS
                or (folder == config.folder and each.config != config)
            ]
            closing = [self.kept.pop(folder).client for folder in over]
            if config.folder not in self.kept:
                self.kept[config.folder] = _Kept(config, make(config), now)
            self.kept[config.folder].used_at = now
            client = self.kept[config.folder].client
        for each in closing:
            each.close()
        return client

    def close_all(self) -> None:
        """Say goodbye to every gateway."""
        with self.lock:
            closing = [each.client for each in self.kept.values()]
            self.kept.clear()
        for each in closing:
            each.close()


CLIENTS = _Clients()


class GatewayChannel:
    """One account at a gateway."""

    def __init__(self, config: Config, make: Maker) -> None:
        self._client = CLIENTS.of(config, make)

    def send(self, outgoing: Outgoing) -> Handover:
        """Submit a text; its identifier is that of its last part."""
        try:
            identifiers = self._client.send(
                outgoing.to,
                outgoing.body,
                reference=outgoing.reference,
            )
        except SmsError as error:
            raise self._error(error) from error
        return Handover(identifiers[-1], len(identifiers))

    def _error(self, error: SmsError) -> ChannelError:
        text = str(error)
        is_half_sent = bool(error.accepted)
        is_unknown = isinstance(error, TemporarySmsError) and error.is_outcome_unknown
        if is_half_sent or is_unknown:
            return UncertainError(text)
        if isinstance(error, SmsLoginError):
            return PermanentError(text, is_account_wide=True)
        if isinstance(error, PermanentSmsError):
            return PermanentError(text)
        return TemporaryError(text, is_account_wide=not self._client.is_connected)

    def poll(self) -> Iterator[Inbound]:
        """Yield what has come in; each is confirmed once the next is asked for."""
        for event in self._client.events():
            yield _inbound(event)

    def read_callback(self, callback: Callback) -> CallbackAnswer:
        """Refuse: a gateway answers on its own connection."""
        text = f"this gateway takes no callbacks; received {len(callback.body)} bytes"
        raise CallbackRefusedError(text)

    def close(self) -> None:
        """Keep the connection: reports come over it."""


def _inbound(event: SmsEvent) -> Inbound:
    if isinstance(event, DeliveryReport):
        state = STATES.get(event.state, "failed")
        return Inbound(
            kind="report",
            sender=event.to,
            text=event.error,
            provider_id=event.provider_id,
            state=state,
            error=event.code if state == "failed" else "",
            external_id=f"report:{event.provider_id}:{event.state}"[:200],
        )
    known = event.provider_id
    return Inbound(
        kind="reply",
        sender=event.sender,
        text=event.text,
        external_id=f"text:{event.sender}:{known}"[:200] if known else "",
    )


def _smpp(config: Config) -> GatewayClient:
    settings = config.settings
    return SmppClient(
        SmppSettings(
            host=settings["host"],
            port=int(settings["port"]),
            system_id=settings["system_id"],
            password=config.secrets.get("password", ""),
            system_type=settings.get("system_type", ""),
            source=config.sender,
            most_parts=MOST_SEGMENTS,
        ),
    )


def _cmpp(config: Config) -> GatewayClient:
    settings = config.settings
    return CmppClient(
        CmppSettings(
            host=settings["host"],
            port=int(settings["port"]),
            source_addr=settings["source_addr"],
            secret=config.secrets.get("secret", ""),
            source=config.sender,
            service_id=settings.get("service_id", ""),
            version=Version.CMPP3 if settings["version"] == "3" else Version.CMPP2,
            most_parts=MOST_SEGMENTS,
        ),
    )


SMPP = Kind(
    code="smpp",
    label=_("SMS over SMPP 3.4"),
    medium="sms",
    settings=(
        Setting("host", _("Gateway")),
        Setting("port", _("Port"), default="2775", is_number=True),
        Setting("system_id", _("Login (system_id)")),
        Setting("password", _("Password"), is_secret=True),
        Setting("system_type", _("System type"), is_required=False),
    ),
    open=lambda config: GatewayChannel(config, _smpp),
    read_address=read_number,
    count_segments=count_segments,
    most_segments=MOST_SEGMENTS,
    finish=signed,
    about=_(
        "Made from the published protocol and tested against peers on this machine; "
        "no operator's gateway was reached.",
    ),
)
CMPP = Kind(
    code="cmpp",
    label=_("SMS over CMPP 2.0 or 3.0"),
    medium="sms",
    settings=(
        Setting("host", _("Gateway")),
        Setting("port", _("Port"), default="7890", is_number=True),
        Setting(
            "version", _("Version"), default="2", choices=(("2", "2.0"), ("3", "3.0"))
        ),
        Setting("source_addr", _("Enterprise code (Source_Addr)")),
        Setting("secret", _("Shared secret"), is_secret=True),
        Setting("service_id", _("Service code (Service_Id)"), is_required=False),
    ),
    open=lambda config: GatewayChannel(config, _cmpp),
    read_address=read_number,
    count_segments=count_segments,
    most_segments=MOST_SEGMENTS,
    finish=signed,
    about=_(
        "Made from the published protocol and tested against peers on this machine; "
        "no operator's gateway was reached.",
    ),
)
