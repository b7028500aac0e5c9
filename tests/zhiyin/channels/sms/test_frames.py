"""Frames and bodies of both protocols: there and back, and whatever else may come."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zhiyin.channels.sms.conftest import timing
from zhiyin.channels.sms import (
    CmppClient,
    CmppSettings,
    ProtocolError,
    SmppClient,
    SmppSettings,
    Version,
)
from zhiyin.channels.sms.client import GatewayClient
from zhiyin.channels.sms.cmpp import layouts
from zhiyin.channels.sms.connection import Connection
from zhiyin.channels.sms.framing import Frame, FrameBuffer, Framing
from zhiyin.channels.sms.smpp import codec
from zhiyin.channels.sms.smpp.receipts import decode_receipt

FRAMINGS = [codec.FRAMING, layouts.FRAMING]
EVERY_LAYOUT = [
    layouts.CONNECT,
    *(
        make(version)
        for version in Version
        for make in (
            layouts.connect_resp,
            layouts.submit,
            layouts.deliver,
            layouts.result,
        )
    ),
    layouts.report(60),
    layouts.report(71),
]
NUMBER = st.integers(0, 0xFFFFFFFF)
FRAME = st.builds(Frame, NUMBER, NUMBER, st.binary(max_size=300), NUMBER)
ASCII = st.characters(min_codepoint=33, max_codepoint=126)
ADDRESS = st.builds(
    codec.Address,
    st.text(ASCII, max_size=20),
    st.integers(0, 255),
    st.integers(0, 255),
)
MESSAGE = st.builds(
    codec.Message,
    source=ADDRESS,
    destination=ADDRESS,
    octets=st.binary(max_size=254),
    coding=st.integers(0, 255),
    esm_class=st.integers(0, 255),
    registered_delivery=st.integers(0, 255),
    service_type=st.text(ASCII, max_size=5),
    validity_period=st.text(ASCII, max_size=16),
    optional=st.dictionaries(
        st.sampled_from([*codec.Tag, 0x1400]), st.binary(max_size=80), max_size=4
    ),
)


def body_of(layout: layouts.Layout) -> st.SearchStrategy[layouts.Body]:
    numbers: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    octets: dict[str, Any] = {}
    for part in layout.fields:
        match part:
            case layouts.Number(name, width):
                numbers[name] = st.integers(0, (1 << 8 * width) - 1)
            case layouts.Text(name, width):
                texts[name] = st.text(ASCII, max_size=width)
            case layouts.Octets(name, width):
                octets[name] = st.binary(min_size=width, max_size=width)
            case layouts.Counted(name):
                octets[name] = st.binary(max_size=255)
    return st.builds(
        layouts.Body,
        st.fixed_dictionaries(numbers),
        st.fixed_dictionaries(texts),
        st.fixed_dictionaries(octets),
    )


def pieces(octets: bytes, edges: list[int]) -> Iterator[bytes]:
    begin = 0
    for edge in sorted(edge % (len(octets) + 1) for edge in edges):
        yield octets[begin:edge]
        begin = edge
    yield octets[begin:]


@pytest.mark.parametrize("framing", FRAMINGS, ids=["smpp", "cmpp"])
@settings(max_examples=60)
@given(st.lists(FRAME, max_size=5), st.lists(st.integers(0, 5000), max_size=8))
def test_frames_come_back_however_the_network_cuts_them(
    framing: Framing, frames: list[Frame], edges: list[int]
) -> None:
    octets = b"".join(map(framing.pack, frames))
    buffer = FrameBuffer(framing)
    found = [one for piece in pieces(octets, edges) for one in buffer.feed(piece)]
    given = [
        frame
        if framing.has_status
        else Frame(frame.command, frame.sequence, frame.body)
        for frame in frames
    ]
    assert found == given


@pytest.mark.parametrize("framing", FRAMINGS, ids=["smpp", "cmpp"])
@settings(max_examples=60)
@given(st.lists(st.binary(max_size=64), max_size=8))
def test_garbage_gives_frames_or_a_protocol_error(
    framing: Framing, chunks: list[bytes]
) -> None:
    buffer = FrameBuffer(framing)
    with contextlib.suppress(ProtocolError):
        found = [frame for chunk in chunks for frame in buffer.feed(chunk)]
        taken = sum(len(framing.pack(frame)) for frame in found)
        assert taken <= sum(map(len, chunks))


@settings(max_examples=60)
@given(MESSAGE)
def test_smpp_message_is_read_back(message: codec.Message) -> None:
    assert codec.decode_message(codec.encode_message(message)) == message


@settings(max_examples=60)
@given(
    st.sampled_from(EVERY_LAYOUT).flatmap(
        lambda one: st.tuples(st.just(one), body_of(one))
    )
)
def test_cmpp_body_is_read_back(given_one: tuple[layouts.Layout, layouts.Body]) -> None:
    layout, body = given_one
    assert layout.decode(layout.encode(body)) == body


@pytest.mark.parametrize(
    ("layout", "size"),
    [
        # Sizes of the specifications' tables, without the text's own octets.
        (layouts.CONNECT, 27),
        (layouts.connect_resp(Version.CMPP2), 18),
        (layouts.connect_resp(Version.CMPP3), 21),
        (layouts.submit(Version.CMPP2), 126 + 21),
        (layouts.submit(Version.CMPP3), 151 + 32),
        (layouts.deliver(Version.CMPP2), 73),
        (layouts.deliver(Version.CMPP3), 97),
        (layouts.result(Version.CMPP2), 9),
        (layouts.result(Version.CMPP3), 12),
        (layouts.report(60), 60),
        (layouts.report(71), 71),
    ],
)
def test_cmpp_bodies_have_the_sizes_of_the_tables(
    layout: layouts.Layout, size: int
) -> None:
    assert len(layout.encode(layouts.Body())) == size


@pytest.mark.parametrize(
    "body",
    [
        layouts.Body(numbers={"Pk_total": 256}),
        layouts.Body(numbers={"Pk_total": -1}),
        layouts.Body(texts={"Msg_src": "1234567"}),
        layouts.Body(texts={"Msg_src": "华星"}),
        layouts.Body(octets={"Msg_Content": b"x" * 256}),
    ],
)
def test_values_that_do_not_fit_are_refused(body: layouts.Body) -> None:
    with pytest.raises(ProtocolError, match="does not fit"):
        layouts.submit(Version.CMPP2).encode(body)


@settings(max_examples=60)
@given(MESSAGE, st.data())
def test_cut_smpp_message_is_a_protocol_error_or_shorter(
    message: codec.Message, data: st.DataObject
) -> None:
    octets = codec.encode_message(message)
    end = data.draw(st.integers(0, len(octets) - 1))
    with contextlib.suppress(ProtocolError):
        # A cut at the edge of a parameter leaves a message that is only shorter.
        shorter = codec.decode_message(octets[:end])
        assert len(shorter.optional) < len(message.optional)


@given(st.sampled_from(EVERY_LAYOUT), st.binary(max_size=400))
def test_any_octets_are_a_cmpp_body_or_a_protocol_error(
    layout: layouts.Layout, octets: bytes
) -> None:
    with contextlib.suppress(ProtocolError):
        assert layout.encode(layout.decode(octets)) is not None


@given(
    st.binary(max_size=300) | st.binary(max_size=100).map(lambda end: b"id:9 " + end),
    st.dictionaries(st.sampled_from(list(codec.Tag)), st.binary(max_size=80)),
    st.integers(0, 255),
)
def test_any_receipt_is_read_or_a_protocol_error(
    octets: bytes, optional: dict[int, bytes], esm_class: int
) -> None:
    address = codec.Address("1")
    message = codec.Message(
        address, address, octets, esm_class=esm_class, optional=optional
    )
    with contextlib.suppress(ProtocolError):
        report = decode_receipt(message, are_ids_decimal=True)
        assert 0 < len(report.provider_id) <= 64


SMPP = SmppClient(
    SmppSettings(
        host="127.0.0.1",
        port=9,
        system_id="s",
        password="p",
        source="1",
        most_events=50,
    )
)
CMPP = [
    CmppClient(
        CmppSettings(
            host="127.0.0.1",
            port=9,
            source_addr="900001",
            secret="s",
            source="1",
            version=version,
            most_events=50,
        )
    )
    for version in Version
]

for _client in (SMPP, *CMPP):
    _client.close()  # Reading needs no connection, and none shall be tried.


@pytest.mark.parametrize("client", [SMPP, *CMPP], ids=["smpp", "cmpp2", "cmpp3"])
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_no_frame_breaks_the_reader(client: GatewayClient, data: st.DataObject) -> None:
    command = data.draw(st.sampled_from([1, 2, 4, 5, 6, 8, 0x15, 0x103, 0x80000004]))
    body = data.draw(st.binary(max_size=300) | MESSAGE.map(codec.encode_message))
    if isinstance(client, CmppClient) and command == 5:
        layout = layouts.deliver(client._cmpp.version)
        body = data.draw(st.just(body) | body_of(layout).map(layout.encode))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = Connection(ours, client.framing, timing=timing(), window=1)
        with contextlib.suppress(ProtocolError):
            client._handle(link, Frame(command, 1, body))
        for event in client.events():
            event_text = getattr(event, "text", "")
            assert event_text.encode() is not None
            assert "\0" not in event_text
