"""SMPP 3.4, the protocol of short message centres.

The codec is our own. The package `smpplib` was weighed and left out: one connection of
it cannot be used by two threads, a read that times out within a frame loses its place
in the stream, any claimed length is believed, a malformed body raises whatever the
parser stumbled over, and it has neither window nor types. What remains would be the
field lists of five messages, which are here from the specification and are tested
against an independent server.
"""

from __future__ import annotations

from zhiyin.channels.sms.smpp.client import SmppClient, SmppSettings

__all__ = ["SmppClient", "SmppSettings"]
