"""Gateways on loopback and settings that do not make a test wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.zhiyin.channels.sms.ismg import Ismg
from tests.zhiyin.channels.sms.smsc import Smsc
from zhiyin.channels.sms import (
    CmppClient,
    CmppSettings,
    SmppClient,
    SmppSettings,
    Timing,
    Version,
)

QUICK: dict[str, float] = {
    "connect_seconds": 3.0,
    "answer_seconds": 3.0,
    "idle_seconds": 60.0,
    "first_pause_seconds": 0.02,
    "longest_pause_seconds": 0.05,
    "close_seconds": 1.0,
}


def timing(**changes: Any) -> Timing:
    return Timing(**{"attempts": 2, **QUICK, **changes})


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    with Smsc() as peer:
        yield peer


@pytest.fixture(params=[0x20, 0x30], ids=["cmpp2", "cmpp3"])
def ismg(request: pytest.FixtureRequest) -> Iterator[Ismg]:
    with Ismg(request.param) as peer:
        yield peer


@pytest.fixture
def smpp_client() -> Iterator[Callable[..., SmppClient]]:
    made: list[SmppClient] = []

    def make(port: int, **changes: Any) -> SmppClient:
        given = {
            "host": "127.0.0.1", "port": port, "system_id": "survey",
            "password": "secret", "source": "10690000", "timing": timing(),
        }  # fmt: skip
        client = SmppClient(SmppSettings(**{**given, **changes}))
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def cmpp_client() -> Iterator[Callable[..., CmppClient]]:
    made: list[CmppClient] = []

    def make(ismg: Ismg, **changes: Any) -> CmppClient:
        given = {
            "host": "127.0.0.1", "port": ismg.port, "source_addr": "900001",
            "secret": "secret", "source": "10690000", "service_id": "SURVEY",
            "version": Version(ismg.version), "timing": timing(),
        }  # fmt: skip
        client = CmppClient(CmppSettings(**{**given, **changes}))
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
