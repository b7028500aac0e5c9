"""Calls to a platform, with a token that is kept, and renewed when it ends."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from zhiyin.channels.base import (
    ChannelError,
    Config,
    PermanentError,
    TemporaryError,
    UncertainError,
)
from zhiyin.common import http

NOT_LOOKED_AT = frozenset({429, 503})
FAULTY, BROKEN = 400, 500
# Wrong, invalid, ended or missing: the platform says which in four ways.
STALE = frozenset({40001, 40014, 41001, 42001})
RENEWED_BEFORE_SECONDS = 300.0
SHORTEST_SECONDS = 10.0
LONGEST_ERROR = 300

# A token is worth what the secret is, so it stays in memory. Another worker asks for
# itself, and is given the same one by the platform.
_tokens: dict[str, tuple[str, float]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Faults:
    """What error codes mean; any other is the sender's own fault, for good."""

    resting: frozenset[int]
    temporary: frozenset[int]
    own: frozenset[int]
    gone: frozenset[int]

    def judge(self, told: Mapping[str, Any]) -> None:
        """Raise what the answer's code means; 0 or none means that it was taken."""
        code, said = _code(told), _said(told)
        if code == 0:
            return
        if code in self.resting:
            raise TemporaryError(said, is_account_wide=True)
        if code in self.temporary:
            raise TemporaryError(said)
        if code in self.gone:
            message = f"no such user here: {said}"
            raise PermanentError(message)
        raise PermanentError(said, is_account_wide=code not in self.own)


@dataclass(frozen=True)
class TokenRequest:
    """Where a token is asked for: posted as JSON, or as a query where that is so."""

    path: str
    wanted: Mapping[str, str]
    is_posted: bool


class Line:
    """A platform's API as one account calls it."""

    def __init__(
        self, config: Config, address: str, request: TokenRequest, faults: Faults
    ) -> None:
        self._address = address.rstrip("/")
        self._may_reach_private = config.may_reach_private
        self._request, self._faults = request, faults
        told = json.dumps([self._address, request.path, dict(request.wanted)])
        self.name = hashlib.sha256(told.encode()).hexdigest()

    def call(self, path: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Call with the token; once more with a new one where it had ended."""
        token = self._token()
        told = self._post(path, token, wanted)
        if _code(told) in STALE:
            # It was refused before anybody looked at the message.
            self._forget(token)
            told = self._post(path, self._token(), wanted)
            if _code(told) in STALE:
                raise TemporaryError(_said(told), is_account_wide=True)
        self._faults.judge(told)
        return told

    def _post(self, path: str, token: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        body = json.dumps(wanted, ensure_ascii=False).encode("utf-8", "replace")
        return self._read(f"{path}?access_token={quote(token, safe='')}", body)

    def _read(self, path: str, body: bytes | None) -> dict[str, Any]:
        url = f"{self._address}{path}"
        headers = {"Content-Type": "application/json"}
        private = self._may_reach_private
        try:
            if body is None:
                answer = http.get(url, {}, may_reach_private=private)
            else:
                answer = http.post(url, body, headers, may_reach_private=private)
        except http.AddressRefusedError as error:
            raise PermanentError(str(error), is_account_wide=True) from error
        except http.UnreachableError as error:
            raise TemporaryError(str(error), is_account_wide=True) from error
        except http.NoAnswerError as error:
            raise UncertainError(str(error)) from error
        return _told(answer)

    def _token(self) -> str:
        with _lock:
            token, ends_at = _tokens.get(self.name, ("", 0.0))
            if token and time.monotonic() < ends_at:
                return token
            told = self._ask()
            token = str(told.get("access_token") or "")
            if not token:
                message = "the platform gave no token"
                raise TemporaryError(message, is_account_wide=True)
            lasts = told.get("expires_in")
            seconds = float(lasts) if isinstance(lasts, int) else 0.0
            lasting = max(SHORTEST_SECONDS, seconds - RENEWED_BEFORE_SECONDS)
            _tokens[self.name] = (token, time.monotonic() + lasting)
            return token

    def _ask(self) -> dict[str, Any]:
        path, wanted = self._request.path, dict(self._request.wanted)
        posted = json.dumps(wanted).encode() if self._request.is_posted else None
        if posted is None:
            path = f"{path}?{urlencode(wanted)}"
        try:
            told = self._read(path, posted)
            self._faults.judge(told)
        except UncertainError as error:
            # No message was under way yet.
            raise TemporaryError(str(error), is_account_wide=True) from error
        except ChannelError as error:
            # Whatever is wrong with asking for a token is wrong for every message.
            raise type(error)(str(error), is_account_wide=True) from error
        return told

    def _forget(self, token: str) -> None:
        with _lock:
            if _tokens.get(self.name, ("", 0.0))[0] == token:
                del _tokens[self.name]


def _told(answer: http.Answer) -> dict[str, Any]:
    said = f"the platform answered with status {answer.status}"
    if answer.status in NOT_LOOKED_AT:
        raise TemporaryError(said, is_account_wide=True)
    if answer.status >= BROKEN:
        raise UncertainError(said)
    if answer.status >= FAULTY:
        raise PermanentError(said, is_account_wide=True)
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        message = "the platform answered with something that is no JSON object"
        raise UncertainError(message)
    return told


def _code(told: Mapping[str, Any]) -> int:
    code = told.get("errcode", 0)
    return code if isinstance(code, int) else -1


def _said(told: Mapping[str, Any]) -> str:
    text = f"the platform answered {_code(told)}: {told.get('errmsg', '')}"
    return text[:LONGEST_ERROR]
