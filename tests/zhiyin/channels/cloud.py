"""A cloud on loopback: real HTTP, signatures checked, faults on demand.

It stands in for Aliyun, Tencent Cloud and a gateway of one's own. It was written from
their public descriptions; the clouds themselves are never called.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from zhiyin.channels.sms.http.signing import sign_acs3, sign_tc3

KEY_ID, SECRET = "known-key", "known-secret"


class Cloud:
    """Keeps what it accepted; `answers` are (status, body) for the next requests."""

    def __init__(self) -> None:
        self.accepted: list[dict[str, Any]] = []
        self.answers: deque[tuple[int, dict[str, Any]]] = deque()
        self.vanishes = False
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                cloud.serve(self)

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
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
        status, told = self._judge(call, body)
        if self.vanishes:
            call.close_connection = True
            call.connection.close()
            return
        data = json.dumps(told).encode()
        call.send_response(status)
        call.send_header("Content-Length", str(len(data)))
        call.end_headers()
        call.wfile.write(data)

    def _judge(
        self,
        call: BaseHTTPRequestHandler,
        body: bytes,
    ) -> tuple[int, dict[str, Any]]:
        if "x-acs-action" in call.headers:
            provider, is_known = "aliyun", self._is_aliyun(call, body)
            wanted: dict[str, Any] = dict(parse_qsl(urlsplit(call.path).query))
        elif "X-TC-Action" in call.headers:
            provider, is_known = "tencent", self._is_tencent(call, body)
            wanted = json.loads(body)
        else:
            provider, is_known = "own", self._is_own(call, body)
            wanted = json.loads(body)
        if not is_known:
            return REFUSED[provider]
        if self.answers:
            return self.answers.popleft()
        self.accepted.append(wanted)
        return 200, accepted(provider, f"id-{len(self.accepted)}")

    @staticmethod
    def _is_aliyun(call: BaseHTTPRequestHandler, body: bytes) -> bool:
        names = ("action", "version", "date", "signature-nonce")
        action = {f"x-acs-{name}": call.headers[f"x-acs-{name}"] for name in names}
        query = dict(parse_qsl(urlsplit(call.path).query))
        made = sign_acs3(call.headers["Host"], action, query, (KEY_ID, SECRET), body)[1]
        return made["Authorization"] == call.headers["Authorization"]

    @staticmethod
    def _is_tencent(call: BaseHTTPRequestHandler, body: bytes) -> bool:
        now = dt.datetime.fromtimestamp(int(call.headers["X-TC-Timestamp"]), dt.UTC)
        made = sign_tc3(call.headers["Host"], "sms", body, (KEY_ID, SECRET), now)
        return made["Authorization"] == call.headers["Authorization"]

    @staticmethod
    def _is_own(call: BaseHTTPRequestHandler, body: bytes) -> bool:
        stamp = call.headers["X-Zhiyin-Timestamp"].encode()
        made = hmac.new(SECRET.encode(), stamp + b"." + body, hashlib.sha256)
        return made.hexdigest() == call.headers["X-Zhiyin-Signature"]


REFUSED: dict[str, tuple[int, dict[str, Any]]] = {
    "aliyun": (400, {"Code": "SignatureDoesNotMatch", "Message": "wrong"}),
    "tencent": (
        200,
        {
            "Response": {
                "Error": {"Code": "AuthFailure.SignatureFailure", "Message": "no"}
            }
        },
    ),
    "own": (401, {"error": "wrong signature"}),
}
TEMPORARY: dict[str, tuple[int, dict[str, Any]]] = {
    "aliyun": (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "later"}),
    "tencent": (
        200,
        {
            "Response": {
                "SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}]
            }
        },
    ),
    "own": (429, {"error": "slow down"}),
}
PERMANENT: dict[str, tuple[int, dict[str, Any]]] = {
    "aliyun": (200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "no number"}),
    "tencent": (
        200,
        {"Response": {"SendStatusSet": [{"Code": "InvalidParameterValue.Number"}]}},
    ),
    "own": (422, {"error": "no such number"}),
}


def accepted(provider: str, identifier: str) -> dict[str, Any]:
    if provider == "aliyun":
        return {"Code": "OK", "BizId": identifier}
    if provider == "tencent":
        return {
            "Response": {
                "SendStatusSet": [{"Code": "Ok", "SerialNo": identifier, "Fee": 1}],
            },
        }
    return {"id": identifier, "segments": 1}
