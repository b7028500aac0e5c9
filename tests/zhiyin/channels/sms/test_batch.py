"""Many texts through one client."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.zhiyin.channels.sms import ismg as peer
from tests.zhiyin.channels.sms.ismg import Ismg
from zhiyin.channels.sms import (
    CmppClient,
    OutgoingText,
    PermanentSmsError,
    TemporarySmsError,
    send_all,
)

Make = Callable[..., CmppClient]


def texts(count: int, read: list[int]) -> Iterator[OutgoingText]:
    for number in range(count):
        read.append(number)
        yield OutgoingText("13800000000", "您好", reference=str(number))


def test_outcomes_come_in_the_order_of_the_texts(ismg: Ismg, cmpp_client: Make) -> None:
    client = cmpp_client(ismg)
    outcomes = list(send_all(client, texts(50, []), at_once=8))
    assert [one.sent.reference for one in outcomes] == [str(n) for n in range(50)]
    assert len({one.identifiers for one in outcomes}) == 50
    assert len(ismg.submitted) == 50


def test_refusals_stand_beside_their_text(ismg: Ismg, cmpp_client: Make) -> None:
    client = cmpp_client(ismg)
    ismg.statuses.extend([0, peer.FLOW_CONTROL, peer.BAD_DESTINATION])
    outcomes = list(send_all(client, texts(4, []), at_once=1))
    kinds = [type(one.error) for one in outcomes]
    assert kinds == [type(None), TemporarySmsError, PermanentSmsError, type(None)]
    assert [len(one.identifiers) for one in outcomes] == [1, 0, 0, 1]


def test_texts_are_read_no_further_than_needed(ismg: Ismg, cmpp_client: Make) -> None:
    read: list[int] = []
    outcomes = send_all(cmpp_client(ismg), texts(1000, read), at_once=4)
    next(outcomes)
    assert len(read) == 4
    outcomes.close()  # type: ignore[attr-defined]
    assert len(ismg.submitted) == 4
