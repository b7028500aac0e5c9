"""Senders on loopback, and an organisation that owns them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tests.zhiyin.channels.mailserver import MailServer
from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import ChannelAccount, Message
from zhiyin.channels.services import Draft, queue_message, save_account


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    settings.CHANNELS_MAY_REACH_PRIVATE = True
    settings.PUBLIC_URL = "https://cx.example"
    return tmp_path


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    with MailServer(tmp_path) as server:
        yield server


@pytest.fixture
def log_account(home: Path, organisation: Organisation) -> ChannelAccount:
    return save_account(
        account=ChannelAccount(
            organisation=organisation, kind="log", name="log", rate_per_second=10_000
        ),
    )


@pytest.fixture
def mail_account(
    home: Path,
    organisation: Organisation,
    mail_server: MailServer,
) -> ChannelAccount:
    return save_account(
        account=ChannelAccount(
            organisation=organisation,
            kind="email",
            name="mail",
            sender="survey@huaxing.example",
            sender_name="华星通信",
            rate_per_second=10_000,
            settings={
                "host": "127.0.0.1",
                "port": str(mail_server.port),
                "security": "none",
            },
        ),
    )


@pytest.fixture
def cloud_account(
    home: Path, organisation: Organisation
) -> Callable[..., ChannelAccount]:
    def make(provider: str, **settings: str) -> ChannelAccount:
        return save_account(
            account=ChannelAccount(
                organisation=organisation,
                kind="sms_http",
                name=f"cloud {provider}",
                settings={"provider": provider, "key_id": "k", **settings},
            ),
            secrets={"key_secret": "known-secret"},
        )

    return make


def a_draft(**changes: Any) -> Draft:
    given = {
        "key": secrets.token_hex(8),
        "to": "wang@kunden.example",
        "subject": "请打分",
        "body": "您好，请打分",
    }
    return Draft(**{**given, **changes})


def queued(account: ChannelAccount, **changes: Any) -> Message:
    return queue_message(account=account, draft=a_draft(**changes))
