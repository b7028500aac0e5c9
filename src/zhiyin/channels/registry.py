"""The kinds of channels there are: a new one is a folder and a line here."""

from __future__ import annotations

from zhiyin.channels import email, log, wechat, wecom
from zhiyin.channels.base import Kind
from zhiyin.channels.sms import gateway
from zhiyin.channels.sms import http as sms_http

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        *(email.KIND, sms_http.KIND, gateway.SMPP, gateway.CMPP),
        *(wechat.KIND, wecom.KIND, log.KIND),
    )
}


def kind_of(code: str) -> Kind:
    """Return a kind by its code; raises KeyError for one that is gone."""
    return KINDS[code]
