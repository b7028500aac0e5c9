"""The SMPP client against a message centre of our own, over a real socket."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.zhiyin.channels.sms import smsc as peer
from tests.zhiyin.channels.sms.conftest import timing
from tests.zhiyin.channels.sms.peer import arrived, until
from tests.zhiyin.channels.sms.smsc import Smsc
from zhiyin.channels.sms import (
    PermanentSmsError,
    SmppClient,
    SmsClient,
    SmsLoginError,
    TemporarySmsError,
)

Make = Callable[..., SmppClient]
QUESTION = (
    "您有多大可能把我们推荐给亲友?请回复0-10的数字(10=非常可能)。回复免费,拒收请回复R"
)


@pytest.fixture
def client(smsc: Smsc, smpp_client: Make) -> SmppClient:
    made = smpp_client(smsc.port)
    made.connect()
    return made


def test_question_arrives_in_one_ucs2_part(smsc: Smsc, smpp_client: Make) -> None:
    client = smpp_client(smsc.port, signature="华星通信")
    assert isinstance(client, SmsClient)
    assert client.send("+8613800000000", QUESTION, reference="1") == ["ABC1"]
    assert smsc.binds == [("survey", "secret")]
    (sent,) = smsc.submitted
    assert sent["octets"].decode("utf-16-be") == f"【华星通信】{QUESTION}"
    assert (sent["coding"], sent["esm_class"], sent["registered"]) == (8, 0, 1)
    assert (sent["to"], sent["to_ton"], sent["to_npi"]) == ("8613800000000", 1, 1)
    assert sent["source"] == "10690000"


def test_plain_english_goes_in_the_gsm_alphabet(smsc: Smsc, client: SmppClient) -> None:
    client.send("13800000000", "Score @ 0-10 [please]", reference="1")
    (sent,) = smsc.submitted
    assert sent["coding"] == 0
    assert sent["octets"] == b"Score \x00 0-10 \x1b<please\x1b>"


def test_long_text_is_concatenated_by_its_header(
    smsc: Smsc, client: SmppClient
) -> None:
    text = "满意度" * 50
    identifiers = client.send("13800000000", text, reference="wave 1")
    assert identifiers == ["ABC1", "ABC2", "ABC3"]
    headers = [sent["octets"][:6] for sent in smsc.submitted]
    assert {bytes(head[:3]) for head in headers} == {b"\x05\x00\x03"}
    assert len({head[3] for head in headers}) == 1
    assert [tuple(head[4:6]) for head in headers] == [(3, 1), (3, 2), (3, 3)]
    joined = "".join(sent["octets"][6:].decode("utf-16-be") for sent in smsc.submitted)
    assert joined == text
    assert all(sent["esm_class"] == 0x40 for sent in smsc.submitted)
    assert all(len(sent["octets"]) <= 140 for sent in smsc.submitted)


@pytest.mark.parametrize("status", [peer.THROTTLED, peer.QUEUE_FULL])
def test_throttled_text_is_for_later(
    smsc: Smsc, client: SmppClient, status: int
) -> None:
    smsc.statuses.append(status)
    with pytest.raises(TemporarySmsError) as caught:
        client.send("13800000000", "hello", reference="message 7")
    assert not caught.value.is_outcome_unknown
    assert "message 7" in "".join(caught.value.__notes__)
    assert client.send("13800000000", "hello", reference="message 7") == ["ABC1"]


def test_refused_number_is_for_never(smsc: Smsc, client: SmppClient) -> None:
    smsc.statuses.append(peer.INVALID_DESTINATION)
    with pytest.raises(PermanentSmsError, match="ESME_RINVDSTADR"):
        client.send("13800000000", "hello", reference="1")
    for to in ("abc", "", "1", "+86 138", "1" * 21):
        with pytest.raises(PermanentSmsError, match="digits"):
            client.send(to, "hello", reference="1")


def test_codes_of_a_vendor_can_be_temporary(smsc: Smsc, smpp_client: Make) -> None:
    client = smpp_client(smsc.port, also_temporary=frozenset({0x401}))
    smsc.statuses.extend([0x401, 0x402])
    with pytest.raises(TemporarySmsError, match="0x00000401"):
        client.send("13800000000", "hello", reference="1")
    with pytest.raises(PermanentSmsError, match="0x00000402"):
        client.send("13800000000", "hello", reference="1")


def test_later_parts_wait_out_a_throttle(smsc: Smsc, client: SmppClient) -> None:
    smsc.statuses.extend([0, peer.THROTTLED, peer.THROTTLED, 0])
    assert len(client.send("13800000000", "满" * 100, reference="1")) == 2


def test_accepted_parts_are_told_when_a_later_one_is_refused(
    smsc: Smsc, client: SmppClient
) -> None:
    smsc.statuses.extend([0, peer.INVALID_DESTINATION])
    with pytest.raises(PermanentSmsError) as caught:
        client.send("13800000000", "满" * 100, reference="1")
    assert caught.value.accepted == ("ABC1",)


def test_wrong_password_is_a_login_error(smsc: Smsc, smpp_client: Make) -> None:
    client = smpp_client(smsc.port, password="wrong")
    with pytest.raises(SmsLoginError, match="ESME_RINVPASWD"):
        client.send("13800000000", "hello", reference="1")
    assert "ESME_RINVPASWD" in client.problem


def test_password_that_no_bind_can_carry_is_told_before(
    smsc: Smsc, smpp_client: Make
) -> None:
    client = smpp_client(smsc.port, password="longer than eight")
    with pytest.raises(SmsLoginError, match="at most 8 characters"):
        client.connect()
    assert smsc.binds == []


def test_nobody_listening_is_for_later(smpp_client: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    with pytest.raises(TemporarySmsError, match="Not connected"):
        smpp_client(port).send("13800000000", "hello", reference="1")


def test_dropped_connection_leaves_the_outcome_unknown_and_is_made_again(
    smsc: Smsc, client: SmppClient
) -> None:
    smsc.silent.add(peer.SUBMIT_SM)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.send, "13800000000", "hello", reference="1")
        smsc.wait_for(peer.SUBMIT_SM)
        smsc.drop()
        with pytest.raises(TemporarySmsError) as caught:
            waiting.result(5)
    assert caught.value.is_outcome_unknown
    smsc.silent.clear()
    until(lambda: client.is_connected and smsc.logins == 2)
    assert client.send("13800000000", "hello", reference="1") == ["ABC1"]


def test_no_answer_in_time_leaves_the_outcome_unknown(
    smsc: Smsc, smpp_client: Make
) -> None:
    client = smpp_client(smsc.port, timing=timing(answer_seconds=0.1))
    smsc.silent.add(peer.SUBMIT_SM)
    with pytest.raises(TemporarySmsError) as caught:
        client.send("13800000000", "hello", reference="1")
    assert caught.value.is_outcome_unknown
    assert client.is_connected


def test_quiet_link_is_kept_alive(smsc: Smsc, smpp_client: Make) -> None:
    client = smpp_client(smsc.port, timing=timing(idle_seconds=0.05))
    client.connect()
    for _ in range(3):
        smsc.wait_for(peer.ENQUIRE_LINK)
    assert smsc.logins == 1
    assert client.is_connected


def test_dead_link_is_given_up_and_made_again(smsc: Smsc, smpp_client: Make) -> None:
    quick = timing(idle_seconds=0.05, answer_seconds=0.05)
    client = smpp_client(smsc.port, timing=quick)
    smsc.silent.add(peer.ENQUIRE_LINK)
    client.connect()
    until(lambda: smsc.logins >= 2)


def test_enquiry_and_unknown_requests_are_answered(
    smsc: Smsc, client: SmppClient
) -> None:
    sequence = smsc.request(peer.ENQUIRE_LINK, b"")
    assert smsc.wait_for(0x80000015).sequence == sequence
    sequence = smsc.request(0x103, b"")
    nack = smsc.wait_for(0x80000000)
    assert (nack.sequence, nack.status) == (sequence, 3)
    assert client.is_connected


def test_unreadable_body_is_passed_over_and_the_link_stays(
    smsc: Smsc, client: SmppClient
) -> None:
    smsc.request(peer.DELIVER_SM, b"\xff" * 40)
    smsc.wait_for(peer.DELIVER_SM_RESP)
    smsc.send_text("861", b"9", coding=0)
    assert len(arrived(client)) == 1
    assert smsc.logins == 1


@pytest.mark.parametrize("length", [0, 15, 70_001, 0xFFFFFFFF])
def test_impossible_length_ends_the_link_and_a_new_one_is_made(
    smsc: Smsc, client: SmppClient, length: int
) -> None:
    smsc.raw(struct.pack(">IIII", length, 5, 0, 1))
    until(lambda: smsc.logins == 2 and client.is_connected)
    assert client.send("13800000000", "hello", reference="1") == ["ABC1"]


def test_unbind_of_the_gateway_is_answered_and_bound_again(
    smsc: Smsc, client: SmppClient
) -> None:
    smsc.request(peer.UNBIND, b"")
    smsc.wait_for(0x80000006)
    until(lambda: smsc.logins == 2 and client.is_connected)


def test_no_more_requests_wait_than_the_window_allows(
    smsc: Smsc, smpp_client: Make
) -> None:
    client = smpp_client(smsc.port, window=3)
    smsc.is_slow = True
    smsc.hold.clear()
    with ThreadPoolExecutor(8) as pool:
        waiting = [
            pool.submit(client.send, "13800000000", "hello", reference=str(number))
            for number in range(8)
        ]
        until(lambda: smsc.open_submits == 3)
        time.sleep(0.05)
        smsc.hold.set()
        identifiers = {waited.result(5)[0] for waited in waiting}
    assert len(identifiers) == 8
    assert smsc.most_open_submits == 3


def test_rate_is_held(smsc: Smsc, smpp_client: Make) -> None:
    client = smpp_client(smsc.port, per_second=50)
    client.connect()
    begin = time.monotonic()
    for number in range(6):
        client.send("13800000000", "hello", reference=str(number))
    assert time.monotonic() - begin >= 5 / 50


def test_close_unbinds_and_ends_the_thread(smsc: Smsc, client: SmppClient) -> None:
    thread = client._thread
    assert thread is not None
    client.close()
    smsc.wait_for(peer.UNBIND)
    assert not thread.is_alive()
    client.close()
    with pytest.raises(TemporarySmsError, match="closed"):
        client.send("13800000000", "hello", reference="1")


def test_close_is_quick_while_the_gateway_is_away(smpp_client: Make) -> None:
    slow = timing(first_pause_seconds=30.0, longest_pause_seconds=60.0)
    client = smpp_client(9, timing=slow)
    with pytest.raises(TemporarySmsError):
        client.connect()
    begin = time.monotonic()
    client.close()
    assert time.monotonic() - begin < 10
