"""Accounts at the two platforms on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.zhiyin.channels.weixin import platform as weixin
from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import ChannelAccount
from zhiyin.channels.services import save_account

SECRETS = {"app_secret": weixin.SECRET, "token": weixin.TOKEN}
SEALED = SECRETS | {"aes_key": weixin.AES_KEY}


@pytest.fixture
def wechat_peer() -> Iterator[weixin.Wechat]:
    with weixin.Wechat() as peer:
        yield peer


@pytest.fixture
def wecom_peer() -> Iterator[weixin.Wecom]:
    with weixin.Wecom() as peer:
        yield peer


def made(organisation: Organisation, kind: str, secrets: Any, **settings: str) -> Any:
    account = ChannelAccount(
        organisation=organisation,
        kind=kind,
        name=kind,
        rate_per_second=10_000,
        settings=settings,
    )
    return save_account(account=account, secrets=secrets)


@pytest.fixture
def wechat(
    home: Path, organisation: Organisation, wechat_peer: weixin.Wechat
) -> ChannelAccount:
    return made(organisation, "wechat", SECRETS, app_id=weixin.APP_ID,
                address=wechat_peer.address)  # fmt: skip


@pytest.fixture
def sealed(home: Path, organisation: Organisation) -> ChannelAccount:
    return made(organisation, "wechat", SEALED, app_id=weixin.APP_ID)


@pytest.fixture
def wecom(
    home: Path, organisation: Organisation, wecom_peer: weixin.Wecom
) -> ChannelAccount:
    return made(organisation, "wecom", SEALED, corp_id=weixin.APP_ID,
                agent_id="1000002", address=wecom_peer.address)  # fmt: skip
