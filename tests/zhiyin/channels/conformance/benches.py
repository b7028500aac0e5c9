"""One bench per kind: a peer that runs, an account at it, and its faults.

A new kind adds a class here and a line to `BENCHES`. What a kind cannot do is said in
`gaps`, and its test is skipped with that reason.
"""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from tests.zhiyin.channels import cloud
from tests.zhiyin.channels.cloud import Cloud
from tests.zhiyin.channels.mailserver import (
    PASSWORD,
    USER,
    MailServer,
    certificate,
)
from tests.zhiyin.channels.sms import ismg as cmpp
from tests.zhiyin.channels.sms import smsc as smpp
from tests.zhiyin.channels.sms.ismg import Ismg
from tests.zhiyin.channels.sms.peer import Peer
from tests.zhiyin.channels.sms.smsc import Smsc
from tests.zhiyin.channels.weixin import platform as weixin
from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import ChannelAccount
from zhiyin.channels.queries import folder_of
from zhiyin.channels.services import save_account

CLOSED_PORT = "9"
SIGNATURE = "华星"


class Bench:
    """A peer with an account; `received` lists (receiver, text)."""

    kind = ""
    to = "13800138000"
    bad_address = "12ab"
    fields: ClassVar[dict[str, Any]] = {"signature": SIGNATURE}
    text = f"【{SIGNATURE}】您好，请打分"
    gaps: ClassVar[dict[str, str]] = {}

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.start()

    def start(self) -> None: ...

    def settings(self) -> dict[str, str]:
        return {}

    def secrets(self) -> dict[str, str]:
        return {}

    def account(self, organisation: Organisation) -> ChannelAccount:
        self.row = ChannelAccount(
            organisation=organisation,
            kind=self.kind,
            name=self.kind,
            rate_per_second=10_000,
            settings=self.settings(),
            **self.fields,
        )
        return save_account(account=self.row, secrets=self.secrets())

    def received(self) -> list[tuple[str, str]]:
        raise AssertionError("each bench says what its peer got")

    def refuse_for_now(self) -> None: ...

    def refuse_for_good(self) -> None: ...

    def vanish_after_taking(self) -> None: ...

    def move(self, account: ChannelAccount, *, is_gone: bool) -> None:
        """Point the account where nobody listens, or back."""
        good = self.settings()
        account.settings = {**good, "port": CLOSED_PORT} if is_gone else good
        save_account(account=account)

    def wrong_secret(self) -> dict[str, str]:
        return dict.fromkeys(self.secrets(), "wrong")


class Mail(Bench):
    kind, to, bad_address = "email", "wang@kunden.example", "wang.kunden.example"
    fields: ClassVar = {"sender": "survey@huaxing.example", "sender_name": "华星通信"}
    text = "您好，请打分"
    starttls = False

    def start(self) -> None:
        self.peer = self.stack.enter_context(
            MailServer(self.folder, starttls=self.starttls),
        )

    def settings(self) -> dict[str, str]:
        return {
            "host": "127.0.0.1",
            "port": str(self.peer.port),
            "security": "starttls" if self.starttls else "none",
            "ca_certificate": certificate()[0] if self.starttls else "",
            "user": USER,
        }

    def secrets(self) -> dict[str, str]:
        return {"password": PASSWORD}

    def received(self) -> list[tuple[str, str]]:
        return [(mail.to[0], mail.text) for mail in self.peer.mails]

    def refuse_for_now(self) -> None:
        self.peer.answers.append("451 4.7.1 greylisted")

    def refuse_for_good(self) -> None:
        self.peer.answers.append("550 5.1.1 no such user")

    def vanish_after_taking(self) -> None:
        self.peer.vanishes_after_data = True


class MailWithTls(Mail):
    starttls = True


class Http(Bench):
    kind, provider = "sms_http", "own"

    def start(self) -> None:
        self.peer = self.stack.enter_context(Cloud())

    def settings(self) -> dict[str, str]:
        return {
            "provider": self.provider,
            "address": self.peer.address,
            "key_id": cloud.KEY_ID,
            "app_id": "1400000000",
        }

    def secrets(self) -> dict[str, str]:
        return {"key_secret": cloud.SECRET}

    def received(self) -> list[tuple[str, str]]:
        return [(each["to"], each["text"]) for each in self.peer.accepted]

    def refuse_for_now(self) -> None:
        self.peer.answers.append(cloud.TEMPORARY[self.provider])

    def refuse_for_good(self) -> None:
        self.peer.answers.append(cloud.PERMANENT[self.provider])

    def vanish_after_taking(self) -> None:
        self.peer.vanishes = True

    def move(self, account: ChannelAccount, *, is_gone: bool) -> None:
        account.settings = self.settings()
        if is_gone:
            account.settings["address"] = f"http://127.0.0.1:{CLOSED_PORT}"
        save_account(account=account)


class Aliyun(Http):
    provider = "aliyun"

    def received(self) -> list[tuple[str, str]]:
        # The cloud has the text; what goes there are its parameters.
        return [
            (each["PhoneNumbers"], f"【{each['SignName']}】{told['text']}")
            for each in self.peer.accepted
            for told in [json.loads(each["TemplateParam"])]
        ]


class Tencent(Http):
    provider = "tencent"

    def received(self) -> list[tuple[str, str]]:
        return [
            (
                each["PhoneNumberSet"][0].removeprefix("+86"),
                f"【{each['SignName']}】{each['TemplateParamSet'][0]}",
            )
            for each in self.peer.accepted
        ]


class Gateway(Bench):
    fields: ClassVar = {"signature": SIGNATURE, "sender": "10690000"}
    peer: Peer
    submit = 0

    def received(self) -> list[tuple[str, str]]:
        return [
            (each["to"], each["octets"].decode("utf-16-be"))
            for each in self.peer.submitted
        ]

    def vanish_after_taking(self) -> None:
        def cut() -> None:
            self.peer.wait_for(self.submit)
            self.peer.drop()

        self.peer.silent.add(self.submit)
        thread = threading.Thread(target=cut)
        thread.start()
        self.stack.callback(thread.join, 10)


class SmppBench(Gateway):
    kind, submit = "smpp", smpp.SUBMIT_SM

    def start(self) -> None:
        self.peer = self.stack.enter_context(Smsc())

    def settings(self) -> dict[str, str]:
        host = {"host": "127.0.0.1", "port": str(self.peer.port)}
        return {**host, "system_id": "survey"}

    def secrets(self) -> dict[str, str]:
        return {"password": smpp.PASSWORD}

    def refuse_for_now(self) -> None:
        self.peer.statuses.append(smpp.THROTTLED)

    def refuse_for_good(self) -> None:
        self.peer.statuses.append(smpp.INVALID_DESTINATION)


class CmppBench(Gateway):
    kind, submit = "cmpp", cmpp.SUBMIT

    def start(self) -> None:
        self.peer = self.stack.enter_context(Ismg(0x20))

    def settings(self) -> dict[str, str]:
        host = {"host": "127.0.0.1", "port": str(self.peer.port)}
        return {**host, "source_addr": "900001", "version": "2"}

    def secrets(self) -> dict[str, str]:
        return {"secret": cmpp.SECRET}

    def refuse_for_now(self) -> None:
        self.peer.statuses.append(cmpp.FLOW_CONTROL)

    def refuse_for_good(self) -> None:
        self.peer.statuses.append(cmpp.BAD_DESTINATION)


class WechatBench(Bench):
    kind, to, fields, text = "wechat", weixin.FOLLOWER, {}, "您好，请打分"
    peer: Any
    temporary: ClassVar = {"errcode": 45009, "errmsg": "reach max api daily quota"}
    permanent: ClassVar = {"errcode": 40003, "errmsg": "invalid openid"}

    def start(self) -> None:
        self.peer = self.stack.enter_context(weixin.Wechat())

    def settings(self) -> dict[str, str]:
        return {"app_id": weixin.APP_ID, "address": self.peer.address}

    def secrets(self) -> dict[str, str]:
        return {
            "app_secret": weixin.SECRET,
            "token": weixin.TOKEN,
            "aes_key": weixin.AES_KEY,
        }

    def received(self) -> list[tuple[str, str]]:
        return [
            (each["touser"], each["data"]["text"]["value"])
            for each in self.peer.accepted
        ]

    def refuse_for_now(self) -> None:
        self.peer.answers.append(self.temporary)

    def refuse_for_good(self) -> None:
        self.peer.answers.append(self.permanent)

    def vanish_after_taking(self) -> None:
        self.peer.vanishes = True

    def move(self, account: ChannelAccount, *, is_gone: bool) -> None:
        account.settings = self.settings()
        if is_gone:
            account.settings["address"] = f"http://127.0.0.1:{CLOSED_PORT}"
        save_account(account=account)


class WecomBench(WechatBench):
    kind, to, bad_address = "wecom", weixin.MEMBER, "李雷"
    temporary: ClassVar = {"errcode": 45009, "errmsg": "api freq out of limit"}
    permanent: ClassVar = {"errcode": 81013, "errmsg": "all invalid"}

    def start(self) -> None:
        self.peer = self.stack.enter_context(weixin.Wecom())

    def settings(self) -> dict[str, str]:
        return {
            "corp_id": weixin.APP_ID,
            "agent_id": "1000002",
            "address": self.peer.address,
        }

    def received(self) -> list[tuple[str, str]]:
        return [
            (each["touser"], each["text"]["content"]) for each in self.peer.accepted
        ]


class Log(Bench):
    kind, bad_address, fields = "log", "", {}
    text = "您好，请打分"
    gaps: ClassVar = {
        "refusal": "a file refuses nothing",
        "uncertainty": "a file answers at once",
        "absence": "a file has no other side",
        "secret": "a file asks for no password",
    }

    def received(self) -> list[tuple[str, str]]:
        path = folder_of(self.row) / "messages.jsonl"
        if not path.exists():
            return []
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [(line["to"], line["body"]) for line in lines]


BENCHES: dict[str, type[Bench]] = {
    "email": Mail,
    "email-starttls": MailWithTls,
    "http-own": Http,
    "http-aliyun": Aliyun,
    "http-tencent": Tencent,
    "smpp": SmppBench,
    "cmpp": CmppBench,
    "wechat": WechatBench,
    "wecom": WecomBench,
    "log": Log,
}
