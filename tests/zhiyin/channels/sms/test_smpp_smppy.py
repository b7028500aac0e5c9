"""The SMPP client against smppy, a message centre that is not ours.

It gives no identifiers and no receipts, and it takes one message from each packet of
the network; what it cannot show is shown against our own peer.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.zhiyin.channels.sms.peer import until
from zhiyin.channels.sms import IncomingText, SmppClient, TemporarySmsError
from zhiyin.channels.sms.replies import parse_reply

Make = Callable[..., SmppClient]


class Server:
    """smppy in a thread of its own; a text is answered by a reply of the customer."""

    def __init__(self, smppy: Any) -> None:
        self.texts: list[tuple[str, str, str]] = []
        self.accounts: list[tuple[str, str]] = []
        self.unbound = 0
        self.reply = "９分,师傅很专业"
        self.loop = asyncio.new_event_loop()
        server = self

        class Centre(smppy.Application):
            async def handle_bound_client(self, client: Any) -> Any:
                account = (client.system_id, client.password)
                server.accounts.append(account)
                return client if account[1] == "secret" else None

            async def handle_unbound_client(self, client: Any) -> None:
                server.unbound += 1

            async def handle_sms_received(
                self, client: Any, source_number: str, dest_number: str, text: str
            ) -> None:
                server.texts.append((str(source_number), str(dest_number), text))
                await client.send_sms(
                    source=dest_number, dest=source_number, text=server.reply
                )

        centre = Centre("smppy")

        async def listen() -> asyncio.Server:
            return await self.loop.create_server(
                lambda: smppy.server.SmppProtocol(app=centre), "127.0.0.1", 0
            )

        # A browser of another test may hold this thread's loop.
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        started = asyncio.run_coroutine_threadsafe(listen(), self.loop)
        self._listening = started.result(5)
        self.port = self._listening.sockets[0].getsockname()[1]

    def stop(self) -> None:
        async def close() -> None:
            self._listening.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(close(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    # Its codec declares a namespace package in the way of setuptools before version 82.
    old_way = SimpleNamespace(declare_namespace=lambda name: None)
    monkeypatch.setitem(sys.modules, "pkg_resources", old_way)
    running = Server(pytest.importorskip("smppy"))
    yield running
    running.stop()


def test_text_goes_out_and_the_reply_comes_back(
    server: Server, smpp_client: Make
) -> None:
    client = smpp_client(server.port, signature="华星通信")
    identifiers = client.send("8613800000000", "请回复0-10的数字", reference="1")
    assert identifiers == [""]
    until(lambda: len(server.texts) == 1)
    assert server.texts[0][2] == "【华星通信】请回复0-10的数字"
    reply = next(client.events(wait=5.0))
    assert isinstance(reply, IncomingText)
    assert reply.text == "９分,师傅很专业"
    assert parse_reply(reply.text).score == 9
    assert server.accounts == [("survey", "secret")]


def test_long_reply_in_segments_is_joined(server: Server, smpp_client: Make) -> None:
    server.reply = "宽带又断了,师傅来了两次也没有修好" * 8
    client = smpp_client(server.port)
    client.send("8613800000000", "您好", reference="1")
    reply = next(client.events(wait=5.0))
    assert isinstance(reply, IncomingText)
    assert (reply.text, reply.is_complete) == (server.reply, True)


def test_parts_of_a_long_text_are_each_taken(server: Server, smpp_client: Make) -> None:
    client = smpp_client(server.port)
    assert client.send("8613800000000", "满意度" * 30, reference="1") == ["", ""]
    until(lambda: len(server.texts) == 2)
    assert "".join(text for _, _, text in server.texts) == "满意度" * 30


def test_refused_bind_is_told(server: Server, smpp_client: Make) -> None:
    client = smpp_client(server.port, password="wrong")
    with pytest.raises(TemporarySmsError, match="ESME_RBINDFAIL"):
        client.send("8613800000000", "您好", reference="1")


def test_close_unbinds(server: Server, smpp_client: Make) -> None:
    client = smpp_client(server.port)
    client.connect()
    client.close()
    until(lambda: server.unbound == 1)
