"""CMPP 2.0 and 3.0, the protocol of China Mobile's gateways.

The codec is our own, from the specification: no kept client for Python was found.
"""

from __future__ import annotations

from zhiyin.channels.sms.cmpp.client import CmppClient, CmppSettings
from zhiyin.channels.sms.cmpp.layouts import Version

__all__ = ["CmppClient", "CmppSettings", "Version"]
