"""What a message centre delivers to the SMPP client: receipts and customers' texts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.zhiyin.channels.sms import smsc as peer
from tests.zhiyin.channels.sms.peer import arrived, until
from tests.zhiyin.channels.sms.smsc import Smsc
from zhiyin.channels.sms import (
    DeliveryReport,
    IncomingText,
    ReportState,
    SmppClient,
    SmsEvent,
)

Make = Callable[..., SmppClient]


@pytest.fixture
def client(smsc: Smsc, smpp_client: Make) -> SmppClient:
    made = smpp_client(smsc.port)
    made.connect()
    return made


def first(client: SmppClient) -> SmsEvent:
    """First event; not acknowledged, since the next one is not asked for."""
    return next(client.events(wait=5.0))


@pytest.mark.parametrize("has_optional", [False, True], ids=["text", "parameters"])
@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ("DELIVRD", ReportState.DELIVERED),
        ("UNDELIV", ReportState.UNDELIVERABLE),
        ("EXPIRED", ReportState.EXPIRED),
        ("REJECTD", ReportState.REJECTED),
        ("ENROUTE", ReportState.PENDING),
    ],
)
def test_receipt_names_the_text_and_its_state(
    smsc: Smsc, client: SmppClient, stat: str, state: ReportState, *, has_optional: bool
) -> None:
    (identifier,) = client.send("13800000000", "hello", reference="1")
    sequence = smsc.send_receipt(identifier, stat, has_optional=has_optional)
    (report,) = arrived(client)
    assert isinstance(report, DeliveryReport)
    assert (report.provider_id, report.state) == (identifier, state)
    assert (report.code, report.to) == (stat, "8613800000000")
    assert report.is_final is (stat != "ENROUTE")
    assert report.error == ("21" if has_optional else "021")
    if not has_optional:
        assert report.done_at is not None
        assert report.done_at.astimezone(UTC) == datetime(
            2026, 11, 22, 1, 31, tzinfo=UTC
        )
    answered = smsc.wait_for(peer.DELIVER_SM_RESP)
    assert (answered.sequence, answered.status) == (sequence, 0)


def test_unknown_word_in_a_receipt_is_an_unknown_state(
    smsc: Smsc, client: SmppClient
) -> None:
    smsc.send_receipt("ABC1", "STRANGE")
    report = first(client)
    assert isinstance(report, DeliveryReport)
    assert (report.state, report.code) == (ReportState.UNKNOWN, "STRANGE")


def test_decimal_receipt_finds_its_hexadecimal_text(
    smsc: Smsc, smpp_client: Make
) -> None:
    client = smpp_client(smsc.port, are_receipt_ids_decimal=True)
    (identifier,) = client.send("13800000000", "hello", reference="1")
    smsc.send_receipt(str(0xABC1), "DELIVRD")
    report = first(client)
    assert isinstance(report, DeliveryReport)
    assert report.provider_id == identifier


def test_reply_of_a_customer_comes_in(smsc: Smsc, client: SmppClient) -> None:
    smsc.send_text("8613800000000", "9分，很好".encode("utf-16-be"))
    reply = first(client)
    assert isinstance(reply, IncomingText)
    assert (reply.sender, reply.to) == ("+8613800000000", "10690000")
    assert (reply.text, reply.is_complete) == ("9分，很好", True)


def test_reply_that_looks_like_a_receipt_stays_a_reply(
    smsc: Smsc, client: SmppClient
) -> None:
    smsc.send_text("8613800000000", b"id:ABC1 stat:DELIVRD", coding=0)
    assert isinstance(first(client), IncomingText)


def test_parts_of_a_reply_are_joined_in_any_order(
    smsc: Smsc, client: SmppClient
) -> None:
    text = "服务😀好" * 30
    octets = text.encode("utf-16-be")
    # The cut falls into the middle of an emoji's pair.
    pieces = [octets[:134], octets[134:268], octets[268:]]
    for number in (3, 1, 2):
        head = bytes([5, 0, 3, 77, 3, number])
        smsc.send_text("8613800000000", pieces[number - 1], header=head)
    reply = first(client)
    assert isinstance(reply, IncomingText)
    assert (reply.text, reply.is_complete) == (text, True)


def test_segments_by_parameters_and_long_references_are_joined_too(
    smsc: Smsc, client: SmppClient
) -> None:
    for number, piece in ((1, "很"), (2, "好")):
        optional = {
            0x020C: b"\x01\x02", 0x020E: b"\x02", 0x020F: bytes([number]),
            0x1400: b"of a vendor",
        }  # fmt: skip
        smsc.send_text("861", piece.encode("utf-16-be"), optional=optional)
    for number, piece in ((1, "不"), (2, "错")):
        head = bytes([6, 8, 4, 1, 2, 2, number])
        smsc.send_text("861", piece.encode("utf-16-be"), header=head)
    texts = [event.text for event in arrived(client, 2)]  # type: ignore[union-attr]
    assert texts == ["很好", "不错"]


def test_reply_with_a_missing_part_is_given_up_after_its_time(
    smsc: Smsc, smpp_client: Make
) -> None:
    client = smpp_client(smsc.port, parts_seconds=0.5)
    client.connect()
    smsc.send_text("861", "很".encode("utf-16-be"), header=bytes([5, 0, 3, 1, 2, 1]))
    smsc.wait_for(peer.DELIVER_SM_RESP)
    assert list(client.events()) == []
    time.sleep(0.55)
    (reply,) = client.events()
    assert isinstance(reply, IncomingText)
    assert (reply.text, reply.is_complete) == ("很", False)


def test_text_in_the_payload_parameter_is_read(smsc: Smsc, client: SmppClient) -> None:
    smsc.send_text("861", b"", optional={0x0424: "九".encode("utf-16-be")})
    reply = first(client)
    assert isinstance(reply, IncomingText)
    assert reply.text == "九"


def test_event_is_acknowledged_only_once_it_was_handled(
    smsc: Smsc, client: SmppClient
) -> None:
    smsc.send_text("861", b"9", coding=0)
    until(lambda: not client._arrived.empty())
    events = client.events()
    assert next(events) is not None
    time.sleep(0.1)
    assert peer.DELIVER_SM_RESP not in {one.command for one in smsc.received.queue}
    assert list(events) == []
    assert smsc.wait_for(peer.DELIVER_SM_RESP).status == 0


def test_gateway_is_asked_to_wait_when_too_many_events_are_kept(
    smsc: Smsc, smpp_client: Make
) -> None:
    client = smpp_client(smsc.port, most_events=1)
    client.connect()
    smsc.send_text("861", b"9", coding=0)
    smsc.send_text("861", b"8", coding=0)
    assert smsc.wait_for(peer.DELIVER_SM_RESP).status == peer.QUEUE_FULL
    (reply,) = client.events()
    assert isinstance(reply, IncomingText)
    assert reply.text == "9"
