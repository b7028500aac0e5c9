"""The encryption of calls: the platform's own example, and whatever else comes."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zhiyin.channels.weixin.platform import (
    AES_KEY,
    APP_ID,
    TOKEN,
    encrypted,
    notice,
    signature,
)
from zhiyin.channels.base import Callback, CallbackRefusedError
from zhiyin.channels.weixin.codec import CodecError, decrypt, is_signed, sign
from zhiyin.channels.weixin.notices import Keys, read_call, read_notice

# The example of the platform's public description, with its token and its key.
MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHH"
    "hGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4a"
    "SknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP"
    "7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8"
    "V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p"
    "8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
ECHO = (
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZX"
    "vnaqQ=="
)
NOW = dt.datetime.fromtimestamp(1409659813, dt.UTC)
KEYS = Keys(TOKEN, AES_KEY, APP_ID)


def test_the_examples_of_the_description_are_read():
    assert sign(TOKEN, "1409659813", "1372623149", MESSAGE) == (
        "477715d11cdb4164915debcba66cb864d751f3e6"
    )
    assert sign(TOKEN, "1409659589", "263014780", ECHO) == (
        "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    )
    assert decrypt(ECHO, AES_KEY, APP_ID) == "1616140317555161061"
    told = read_notice(decrypt(MESSAGE, AES_KEY, APP_ID))
    assert (told["FromUserName"], told["Content"]) == ("mycreate", "hello")
    assert (told["MsgId"], told["AgentID"]) == ("4561255354251345929", "218")


def test_without_a_token_nothing_is_signed():
    assert not is_signed(sign("", "1", "2"), "", "1", "2")


@given(text=st.text(alphabet="ab é中😀\x00<]", max_size=80))
@settings(max_examples=40, deadline=None)
def test_what_was_encrypted_is_read_and_only_by_whom_it_is_meant_for(text: str):
    secret = encrypted(text)
    assert decrypt(secret, AES_KEY, APP_ID) == text
    with pytest.raises(CodecError):
        decrypt(secret, AES_KEY, "somebody else")
    with pytest.raises(CodecError):
        decrypt(secret, AES_KEY[::-1], APP_ID)


def changed(data: bytes, at: int, by: int) -> bytes:
    place = at % len(data)
    return data[:place] + bytes([data[place] ^ by]) + data[place + 1 :]


@given(
    st.one_of(
        st.binary(max_size=200).map(lambda data: base64.b64encode(data).decode()),
        st.text(max_size=40),
        st.builds(
            lambda at, by: base64.b64encode(
                changed(base64.b64decode(MESSAGE), at, by)
            ).decode(),
            st.integers(0, 10_000),
            st.integers(1, 255),
        ),
    )
)
@settings(max_examples=150, deadline=None)
def test_a_text_that_is_broken_is_refused_or_read_and_breaks_nothing(text: str):
    with contextlib.suppress(CodecError):
        assert isinstance(decrypt(text, AES_KEY, APP_ID), str)


@given(
    body=st.one_of(
        st.binary(max_size=120),
        st.text(max_size=60).map(
            lambda text: notice(Encrypt=text).encode("utf-8", "replace")
        ),
        st.just(b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml><Encrypt>&a;</Encrypt></xml>"),
        st.just(b"<a>" * 5000),
    ),
    query=st.dictionaries(
        st.sampled_from(
            ["signature", "msg_signature", "timestamp", "nonce", "echostr"]
        ),
        st.one_of(st.text(max_size=20), st.just("1409659813")),
    ),
    is_sealed=st.booleans(),
    keys=st.sampled_from([KEYS, Keys(TOKEN, "", APP_ID), Keys("", "", APP_ID)]),
)
@settings(max_examples=200, deadline=None)
def test_a_call_made_up_is_refused(
    *, body: bytes, query: Any, is_sealed: bool, keys: Keys
):
    with pytest.raises(CallbackRefusedError):
        read_call(Callback(body, {}, query, NOW), keys, is_always_encrypted=is_sealed)


@given(body=st.one_of(st.binary(max_size=120), st.just(b"<a>" * 5000)))
@settings(max_examples=80, deadline=None)
def test_a_proven_call_that_cannot_be_read_says_so(body: bytes):
    query = {"timestamp": "1409659813", "nonce": "n",
             "signature": signature("1409659813", "n")}  # fmt: skip
    with pytest.raises(ValueError, match="notice"):
        read_call(
            Callback(body, {}, query, NOW),
            Keys(TOKEN, "", APP_ID),
            is_always_encrypted=False,
        )
