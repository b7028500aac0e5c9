"""Summaries by an endpoint, spoken to over real HTTP on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cxstats.errors import InputError
from cxstats.text import ChatEndpoint, SummaryError, summarise


class Endpoint(ThreadingHTTPServer):
    """Answers chat completions and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.status = 200
        self.answer = {"choices": [{"message": {"content": " 网速慢。 "}}]}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(size))
        self.server.asked.append((self.path, dict(self.headers), body))
        content = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        if self.server.status == 307:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_only_redacted_text_is_sent(endpoint: Endpoint) -> None:
    client = ChatEndpoint(endpoint.url, "small", key="secret")
    texts = ["网速慢，打13800138000", None, "a@b.cn 说的"]
    assert summarise(texts, client) == "网速慢。"
    path, headers, body = endpoint.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert body["model"] == "small"
    assert body["messages"][1]["content"] == "网速慢，打[mobile]\n[email] 说的"
    assert "secret" not in repr(client)


def test_many_comments_are_sampled_evenly(endpoint: Endpoint) -> None:
    texts = [f"第{at}条评论说网速慢" for at in range(5_000)]
    summarise(texts, ChatEndpoint(endpoint.url, "small"))
    sent = endpoint.asked[0][2]["messages"][1]["content"]
    assert len(sent) <= 12_000
    assert sent.startswith("第0条")
    assert int(sent.splitlines()[-2].split("条")[0][1:]) > 4_500
    assert "Authorization" not in endpoint.asked[0][1]


@pytest.mark.parametrize("status", [500, 401, 307])
def test_an_endpoint_that_fails_is_named(endpoint: Endpoint, status: int) -> None:
    endpoint.status = status
    with pytest.raises(SummaryError, match=f"answered {status}"):
        summarise(["好"], ChatEndpoint(endpoint.url, "small"))


@pytest.mark.parametrize(
    "answer", [{}, {"choices": []}, {"choices": [{"message": {"content": None}}]}]
)
def test_an_answer_that_is_no_completion_is_refused(
    endpoint: Endpoint, answer: dict[str, Any]
) -> None:
    endpoint.answer = answer
    with pytest.raises(SummaryError, match="answered"):
        summarise(["好"], ChatEndpoint(endpoint.url, "small"))


def test_an_endpoint_that_is_not_there_is_named() -> None:
    client = ChatEndpoint("http://127.0.0.1:9", "small", timeout_seconds=1)
    with pytest.raises(SummaryError, match="does not answer"):
        summarise(["好"], client)


@pytest.mark.parametrize(
    "url", ["", "http://example.com/v1", "file:///etc/passwd", "ftp://127.0.0.1"]
)
def test_addresses_in_the_clear_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="https"):
        ChatEndpoint(url, "small")


def test_there_must_be_a_comment() -> None:
    with pytest.raises(InputError, match="no comment to summarise"):
        summarise([None, " "], ChatEndpoint("https://example.com/v1", "small"))
