"""The CMPP client against a gateway written apart from it, both versions."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.zhiyin.channels.sms import ismg as peer
from tests.zhiyin.channels.sms.conftest import timing
from tests.zhiyin.channels.sms.ismg import FIRST_MSG_ID, Ismg
from tests.zhiyin.channels.sms.peer import arrived, until
from zhiyin.channels.sms import (
    CmppClient,
    DeliveryReport,
    IncomingText,
    PermanentSmsError,
    ReportState,
    SmsClient,
    SmsEvent,
    SmsLoginError,
    TemporarySmsError,
    Version,
)
from zhiyin.channels.sms.cmpp.client import authenticator_source

Make = Callable[..., CmppClient]
QUESTION = (
    "您对本次宽带安装的推荐意愿是几分?请回复0-10(10=非常愿意)。回复免费,拒收请回复R"
)


@pytest.fixture
def client(ismg: Ismg, cmpp_client: Make) -> CmppClient:
    made = cmpp_client(ismg)
    made.connect()
    return made


def first(client: CmppClient) -> SmsEvent:
    """First event; not acknowledged, since the next one is not asked for."""
    return next(client.events(wait=5.0))


def test_authenticator_is_the_one_computed_by_another_tool() -> None:
    # printf '900001\0\0\0\0\0\0\0\0\0secret1122093000' | md5sum
    assert authenticator_source("900001", "secret", "1122093000").hex() == (
        "f1ee163815415badb9dba0ea67bd6075"
    )


def test_question_arrives_in_one_ucs2_part(ismg: Ismg, cmpp_client: Make) -> None:
    client = cmpp_client(ismg, signature="华星通信")
    assert isinstance(client, SmsClient)
    identifiers = client.send("+8613800000000", QUESTION, reference="1")
    assert identifiers == [str(FIRST_MSG_ID + 1)]
    (sent,) = ismg.submitted
    assert sent["octets"].decode("utf-16-be") == f"【华星通信】{QUESTION}"
    assert (sent["format"], sent["udhi"], sent["registered"]) == (8, 0, 1)
    assert (sent["total"], sent["number"], sent["count"]) == (1, 1, 1)
    assert (sent["to"], sent["src"]) == ("8613800000000", "10690000")
    assert (sent["msg_src"], sent["service"]) == ("900001", "SURVEY")
    assert (sent["fee_user"], sent["fee_type"], sent["fee_code"]) == (2, "01", "000000")


def test_plain_english_goes_as_ascii_and_other_letters_as_ucs2(
    ismg: Ismg, client: CmppClient
) -> None:
    client.send("13800000000", "Score @ 0-10 $", reference="1")
    client.send("13800000000", "é" * 71, reference="2")
    assert ismg.submitted[0]["octets"] == b"Score @ 0-10 $"
    assert ismg.submitted[0]["format"] == 0
    assert [sent["format"] for sent in ismg.submitted[1:]] == [8, 8]
    assert all(len(sent["octets"]) <= 140 for sent in ismg.submitted[1:])


def test_long_text_is_concatenated_by_its_header(
    ismg: Ismg, client: CmppClient
) -> None:
    text = "满意度" * 50
    identifiers = client.send("13800000000", text, reference="wave 1")
    assert identifiers == [str(FIRST_MSG_ID + number) for number in (1, 2, 3)]
    assert [(sent["total"], sent["number"]) for sent in ismg.submitted] == [
        (3, 1), (3, 2), (3, 3),
    ]  # fmt: skip
    assert {sent["udhi"] for sent in ismg.submitted} == {1}
    headers = [sent["octets"][:6] for sent in ismg.submitted]
    assert [tuple(head[4:]) for head in headers] == [(3, 1), (3, 2), (3, 3)]
    assert len({bytes(head[:4]) for head in headers}) == 1
    joined = "".join(sent["octets"][6:].decode("utf-16-be") for sent in ismg.submitted)
    assert joined == text


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ("DELIVRD", ReportState.DELIVERED),
        ("UNDELIV", ReportState.UNDELIVERABLE),
        ("EXPIRED", ReportState.EXPIRED),
        ("REJECTD", ReportState.REJECTED),
        ("ACCEPTD", ReportState.PENDING),
        ("MK:0010", ReportState.UNDELIVERABLE),
        ("", ReportState.UNKNOWN),
    ],
)
def test_status_report_names_the_text_and_its_state(
    ismg: Ismg, client: CmppClient, stat: str, state: ReportState
) -> None:
    (identifier,) = client.send("13800000000", "您好", reference="1")
    sequence = ismg.send_report(int(identifier), stat)
    (report,) = arrived(client)
    assert isinstance(report, DeliveryReport)
    assert (report.provider_id, report.state) == (identifier, state)
    assert (report.code, report.to) == (stat, "13800000000")
    assert report.done_at is not None
    assert report.done_at.astimezone(UTC) == datetime(2026, 11, 22, 1, 31, tzinfo=UTC)
    answered = ismg.wait_for(peer.DELIVER_RESP)
    form = ">QI" if ismg.is_3 else ">QB"
    assert answered.sequence == sequence
    assert struct.unpack(form, answered.body) == (4242, 0)


def test_report_with_a_long_number_is_read(ismg: Ismg, client: CmppClient) -> None:
    ismg.send_report(7, "DELIVRD", to="1380000000012345678901234", is_long=True)
    report = first(client)
    assert isinstance(report, DeliveryReport)
    assert (report.provider_id, report.to) == ("7", "1380000000012345678901234")


@pytest.mark.parametrize(
    ("form", "octets"),
    [
        (8, "9分，很好".encode("utf-16-be")),
        (15, "9分，很好".encode("gb18030")),
        (15, "9分，很好".encode("gbk")),
    ],
)
def test_reply_of_a_customer_comes_in(
    ismg: Ismg, client: CmppClient, form: int, octets: bytes
) -> None:
    ismg.send_text("13800000000", octets, form=form)
    reply = first(client)
    assert isinstance(reply, IncomingText)
    assert (reply.sender, reply.to) == ("13800000000", "10690000")
    assert (reply.text, reply.provider_id) == ("9分，很好", "4242")


def test_parts_of_a_reply_are_joined_in_any_order(
    ismg: Ismg, client: CmppClient
) -> None:
    for number, piece in ((2, "也好"), (1, "很好")):
        head = bytes([5, 0, 3, 9, 2, number])
        ismg.send_text("138", piece.encode("utf-16-be"), header=head)
    reply = first(client)
    assert isinstance(reply, IncomingText)
    assert (reply.text, reply.is_complete) == ("很好也好", True)


def test_gateway_is_asked_to_wait_when_too_many_events_are_kept(
    ismg: Ismg, cmpp_client: Make
) -> None:
    client = cmpp_client(ismg, most_events=1)
    client.connect()
    ismg.send_text("138", "9".encode("utf-16-be"))
    ismg.send_text("138", "8".encode("utf-16-be"))
    answered = ismg.wait_for(peer.DELIVER_RESP)
    assert answered.body[8:].lstrip(b"\0") == bytes([peer.FLOW_CONTROL])


def test_flow_control_is_for_later_and_a_refused_number_for_never(
    ismg: Ismg, client: CmppClient
) -> None:
    ismg.statuses.extend([peer.FLOW_CONTROL, peer.BAD_DESTINATION])
    with pytest.raises(TemporarySmsError, match="flow control"):
        client.send("13800000000", "您好", reference="1")
    with pytest.raises(PermanentSmsError, match=r"Dest_terminal_Id is wrong \(13\)"):
        client.send("13800000000", "您好", reference="1")


def test_later_parts_wait_out_flow_control(ismg: Ismg, client: CmppClient) -> None:
    ismg.statuses.extend([0, peer.FLOW_CONTROL, 0])
    assert len(client.send("13800000000", "满" * 100, reference="1")) == 2


def test_wrong_secret_is_a_login_error(ismg: Ismg, cmpp_client: Make) -> None:
    client = cmpp_client(ismg, secret="wrong")
    with pytest.raises(SmsLoginError, match="authentication failed"):
        client.connect()
    assert ismg.logins == 0


def test_gateway_that_does_not_know_the_secret_is_refused(
    ismg: Ismg, cmpp_client: Make
) -> None:
    ismg.proves = False
    with pytest.raises(SmsLoginError, match="did not prove"):
        cmpp_client(ismg).connect()
    trusting = cmpp_client(ismg, verifies_gateway=False)
    assert trusting.send("13800000000", "您好", reference="1")


def test_gateway_of_the_other_version_is_told(cmpp_client: Make) -> None:
    with Ismg(0x20) as old, pytest.raises(SmsLoginError, match="version is too high"):
        cmpp_client(old, version=Version.CMPP3).connect()
    with Ismg(0x30) as new, pytest.raises(SmsLoginError, match="speaks CMPP3"):
        cmpp_client(new, version=Version.CMPP2).connect()


def test_enterprise_code_that_is_too_long_is_told_before(
    ismg: Ismg, cmpp_client: Make
) -> None:
    with pytest.raises(SmsLoginError, match="Source_Addr"):
        cmpp_client(ismg, source_addr="9000012").connect()


def test_quiet_link_is_tested_and_answers_tests(ismg: Ismg, cmpp_client: Make) -> None:
    client = cmpp_client(ismg, timing=timing(idle_seconds=0.05))
    client.connect()
    ismg.wait_for(peer.ACTIVE_TEST)
    sequence = ismg.request(peer.ACTIVE_TEST, b"")
    answered = ismg.wait_for(peer.ACTIVE_TEST_RESP)
    assert (answered.sequence, answered.body) == (sequence, b"\0")
    assert client.is_connected


def test_link_is_given_up_after_n_tests_without_answer(
    ismg: Ismg, cmpp_client: Make
) -> None:
    quick = timing(idle_seconds=0.05, answer_seconds=0.05, attempts=3)
    client = cmpp_client(ismg, timing=quick)
    ismg.silent.add(peer.ACTIVE_TEST)
    client.connect()
    until(lambda: ismg.logins >= 2)
    sent = [message.command for message in list(ismg.received.queue)]
    again = sent.index(peer.CONNECT, 1)
    assert sent[:again].count(peer.ACTIVE_TEST) == 3


def test_dropped_connection_leaves_the_outcome_unknown_and_is_made_again(
    ismg: Ismg, client: CmppClient
) -> None:
    ismg.silent.add(peer.SUBMIT)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.send, "13800000000", "您好", reference="1")
        ismg.wait_for(peer.SUBMIT)
        ismg.drop()
        with pytest.raises(TemporarySmsError) as caught:
            waiting.result(5)
    assert caught.value.is_outcome_unknown
    ismg.silent.clear()
    until(lambda: client.is_connected and ismg.logins == 2)
    assert client.send("13800000000", "您好", reference="1")


def test_no_more_than_sixteen_submits_wait(ismg: Ismg, client: CmppClient) -> None:
    ismg.is_slow = True
    ismg.hold.clear()
    with ThreadPoolExecutor(20) as pool:
        waiting = [
            pool.submit(client.send, "13800000000", "您好", reference=str(number))
            for number in range(20)
        ]
        until(lambda: ismg.open_submits == 16)
        time.sleep(0.05)
        ismg.hold.set()
        identifiers = {waited.result(5)[0] for waited in waiting}
    assert len(identifiers) == 20
    assert ismg.most_open_submits == 16


@pytest.mark.parametrize("length", [0, 11, 4097, 0xFFFFFFFF])
def test_impossible_length_ends_the_link_and_a_new_one_is_made(
    ismg: Ismg, client: CmppClient, length: int
) -> None:
    ismg.raw(struct.pack(">III", length, 5, 1))
    until(lambda: ismg.logins == 2 and client.is_connected)


def test_unreadable_messages_are_passed_over_and_the_link_stays(
    ismg: Ismg, client: CmppClient
) -> None:
    ismg.request(peer.DELIVER, b"cut off")
    ismg.request(0x77, b"unknown")
    ismg.send_text("138", "9".encode("utf-16-be"))
    assert isinstance(first(client), IncomingText)
    assert ismg.logins == 1


def test_report_that_cannot_be_read_is_acknowledged_so_that_it_stops_coming(
    ismg: Ismg, client: CmppClient
) -> None:
    ismg._deliver("138", b"cut off", 0, is_udhi=False, registered=1)
    assert ismg.wait_for(peer.DELIVER_RESP).body[8:].strip(b"\0") == b""
    assert client.is_connected


def test_terminate_of_the_gateway_is_answered_and_the_link_made_again(
    ismg: Ismg, client: CmppClient
) -> None:
    ismg.request(peer.TERMINATE, b"")
    ismg.wait_for(0x80000002)
    until(lambda: ismg.logins == 2 and client.is_connected)


def test_close_terminates_and_ends_the_thread(ismg: Ismg, client: CmppClient) -> None:
    thread = client._thread
    assert thread is not None
    client.close()
    ismg.wait_for(peer.TERMINATE)
    assert not thread.is_alive()
