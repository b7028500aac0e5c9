from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from zhiyin.common.network import client_address

PEER = "192.0.2.1"


def sent(forwarded: str | None, peer: str = PEER) -> Any:
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)


@pytest.mark.parametrize(
    ("trusted", "forwarded", "found"),
    [
        (0, "203.0.113.9", PEER),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "not an address", PEER),
        (1, None, PEER),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(
    settings: Any, trusted: int, forwarded: str | None, found: str
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = trusted
    assert client_address(sent(forwarded)) == found


def test_a_request_without_an_address_has_none():
    assert client_address(sent(None, peer="")) is None
