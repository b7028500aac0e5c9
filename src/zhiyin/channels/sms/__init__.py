"""Text messages: the protocols, without a database and without Django.

Who wires this needs five things::

    from zhiyin.channels.sms import SmppClient, SmppSettings

    client = SmppClient(SmppSettings(host=..., system_id=..., password=..., source=...))
    identifiers = client.send("+8613800000000", "...", reference="message 42")
    for event in client.events(wait=1.0):
        store(event)
    client.close()

* `SmppClient(SmppSettings(...))` and `CmppClient(CmppSettings(...))` are `SmsClient`s.
  Making one connects nothing: the first `send`, `events` or `connect` starts a thread,
  which logs in and, when the connection breaks, does so again after a pause that
  doubles up to a minute. One client serves several threads; `send` waits for the
  gateway's answer, so more in a second take more threads, up to `window`: `send_all`.
* `send` gives an identifier per part, or raises. `TemporarySmsError`: later again,
  unless `is_outcome_unknown`, when the gateway may have taken it and only a person or
  a report can tell. `PermanentSmsError`: never again. `accepted` lists the parts that
  were taken before the failure. Errors about the account (`SmsLoginError`) are
  temporary for the text and a matter for the administrator; `problem` shows the last.
* `events` gives `DeliveryReport` and `IncomingText`. An event is acknowledged when the
  next one is asked for: store it first, expect it twice, let the loop end by itself.
  Read often, since a gateway stops waiting after a minute and sends again.
* `compose` tells encoding, parts, billed segments and price before anything is sent.
* `parse_reply` reads a customer's answer to a question of one number.
"""

from __future__ import annotations

from zhiyin.channels.sms.batch import Outcome, OutgoingText, send_all
from zhiyin.channels.sms.cmpp import CmppClient, CmppSettings, Version
from zhiyin.channels.sms.connection import Timing
from zhiyin.channels.sms.contract import (
    DeliveryReport,
    IncomingText,
    PermanentSmsError,
    ProtocolError,
    ReportState,
    SmsClient,
    SmsError,
    SmsEvent,
    SmsLoginError,
    TemporarySmsError,
)
from zhiyin.channels.sms.replies import Reply, ReplyKind, parse_reply
from zhiyin.channels.sms.smpp import SmppClient, SmppSettings
from zhiyin.channels.sms.text import Composed, Encoding, compose

__all__ = [
    "CmppClient",
    "CmppSettings",
    "Composed",
    "DeliveryReport",
    "Encoding",
    "IncomingText",
    "Outcome",
    "OutgoingText",
    "PermanentSmsError",
    "ProtocolError",
    "Reply",
    "ReplyKind",
    "ReportState",
    "SmppClient",
    "SmppSettings",
    "SmsClient",
    "SmsError",
    "SmsEvent",
    "SmsLoginError",
    "TemporarySmsError",
    "Timing",
    "Version",
    "compose",
    "parse_reply",
    "send_all",
]
