"""Both platforms of WeChat on loopback: tokens that end, quotas, signed calls.

Written from the platforms' public descriptions, with an encryption of its own; the
platforms themselves are never called.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
import time
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from django.test import Client

APP_ID, SECRET, TOKEN = "wx5823bf96d3bd56c7", "right-secret", "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
FOLLOWER, MEMBER = "oGZUI0egBJY1zhBYw2KhdUfwVJJE", "li.lei"
TEMPLATE = "SMS_1"
ENDED = {"errcode": 42001, "errmsg": "access_token expired"}
INVALID = {"errcode": 40001, "errmsg": "invalid credential"}
WINDOW_SECONDS, PER_MINUTE = 48 * 3600, 30
Told = dict[str, Any]


class Platform:
    """Keeps what it accepted; `answers` are what the next sends are told instead."""

    token_path = ""

    def __init__(self) -> None:
        self.accepted: list[Told] = []
        self.answers: deque[Told] = deque()
        self.token, self.tokens_given, self.vanishes = "", 0, False
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                platform.serve(self)

            do_POST = do_GET  # noqa: N815 - http.server calls it so

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def serve(self, call: BaseHTTPRequestHandler) -> None:
        body = call.rfile.read(int(call.headers.get("Content-Length") or 0))
        parts = urlsplit(call.path)
        query = dict(parse_qsl(parts.query))
        if parts.path == self.token_path:
            told = self.give_token(query or json.loads(body))
        else:
            told = self._judge(parts.path, query, json.loads(body))
            if self.vanishes:
                call.connection.close()
                return
        data = json.dumps(told).encode()
        call.send_response(200)
        call.send_header("Content-Length", str(len(data)))
        call.end_headers()
        call.wfile.write(data)

    def give_token(self, wanted: Told) -> Told:
        raise AssertionError("each platform has its own")

    def take(self, path: str, wanted: Told) -> Told:
        raise AssertionError("each platform has its own")

    def new_token(self) -> Told:
        self.tokens_given += 1
        self.token = self.token or f"token-{self.tokens_given}"
        return {"access_token": self.token, "expires_in": 7200}

    def _judge(self, path: str, query: dict[str, str], wanted: Told) -> Told:
        if not self.token:
            return ENDED
        if query.get("access_token") != self.token:
            return INVALID
        return self.answers.popleft() if self.answers else self.take(path, wanted)

    def end_token(self) -> None:
        """Let the token end; another is given to whoever asks."""
        self.token = ""


class Wechat(Platform):
    token_path = "/cgi-bin/stable_token"

    def __init__(self) -> None:
        super().__init__()
        self.followers, self.wrote_at = {FOLLOWER}, {FOLLOWER: time.time()}
        self.templates = {TEMPLATE: {"text"}}

    def give_token(self, wanted: Told) -> Told:
        if wanted["grant_type"] != "client_credential" or wanted["appid"] != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if wanted["secret"] != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        return self.new_token()

    def take(self, path: str, wanted: Told) -> Told:
        to = wanted["touser"]
        if to not in self.followers:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        if path == "/cgi-bin/message/custom/send":
            if time.time() - self.wrote_at.get(to, 0) > WINDOW_SECONDS:
                return {"errcode": 45015, "errmsg": "response out of time limit"}
            self.accepted.append(wanted)
            return {"errcode": 0, "errmsg": "ok"}
        fields = self.templates.get(wanted["template_id"])
        if path != "/cgi-bin/message/template/send" or fields is None:
            return {"errcode": 40037, "errmsg": "invalid template_id"}
        if set(wanted["data"]) != fields:
            return {"errcode": 47003, "errmsg": "argument invalid"}
        self.accepted.append(wanted)
        number = 200228332 + len(self.accepted)
        return {"errcode": 0, "errmsg": "ok", "msgid": number}


class Wecom(Platform):
    token_path = "/cgi-bin/gettoken"

    def __init__(self) -> None:
        super().__init__()
        self.members, self.counted = {MEMBER}, Counter[str]()

    def give_token(self, wanted: Told) -> Told:
        if wanted.get("corpid") != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid corpid"}
        if wanted.get("corpsecret") != SECRET:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return {"errcode": 0, "errmsg": "ok", **self.new_token()}

    def take(self, path: str, wanted: Told) -> Told:
        to = wanted["touser"]
        if path != "/cgi-bin/message/send" or wanted["agentid"] != 1000002:
            return {"errcode": 40056, "errmsg": "invalid agentid"}
        if to not in self.members:
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        self.counted[to] += 1
        assert self.counted[to] <= PER_MINUTE, "more is dropped without a word"
        self.accepted.append(wanted)
        return {"errcode": 0, "errmsg": "ok", "msgid": f"M{len(self.accepted)}"}


def signature(*parts: str, token: str = TOKEN) -> str:
    joined = "".join(sorted([token, *parts])).encode()
    # The platforms prescribe SHA-1.
    return hashlib.sha1(joined).hexdigest()  # noqa: S324


def encrypted(text: str, receiver: str = APP_ID, key: str = AES_KEY) -> str:
    """Encrypt as the platforms describe it; independent of the code under test."""
    secret = base64.b64decode(key + "=")
    data = text.encode()
    whole = os.urandom(16) + len(data).to_bytes(4, "big") + data + receiver.encode()
    padder = PKCS7(256).padder()
    padded = padder.update(whole) + padder.finalize()
    sealed = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    return base64.b64encode(sealed.update(padded) + sealed.finalize()).decode()


def notice(**texts: str) -> str:
    inner = "".join(
        f"<{name}><![CDATA[{each}]]></{name}>" for name, each in texts.items()
    )
    return f"<xml>{inner}</xml>"


def sealed_call(text: str, **changes: str) -> tuple[dict[str, str], str]:
    """Return query and body of an encrypted call that carries a notice."""
    secret = encrypted(text)
    stamp, nonce = str(int(time.time())), "1372623149"
    signed = {
        "timestamp": stamp,
        "nonce": nonce,
        "msg_signature": signature(stamp, nonce, secret),
    }
    return signed | changes, notice(ToUserName=APP_ID, Encrypt=secret)


def open_call(**changes: str) -> dict[str, str]:
    """Return the query of a call in plain text."""
    stamp, nonce = str(int(time.time())), "1372623149"
    signed = {"timestamp": stamp, "nonce": nonce, "signature": signature(stamp, nonce)}
    return signed | changes


def post(account: Any, query: dict[str, str], body: str | bytes) -> Any:
    path = f"/api/v1/channels/callbacks/{account.public_id}"
    return Client().post(path, data=body, content_type="text/xml", query_params=query)


def ask(account: Any, query: dict[str, str]) -> Any:
    path = f"/api/v1/channels/callbacks/{account.public_id}"
    return Client().get(path, query_params=query)
