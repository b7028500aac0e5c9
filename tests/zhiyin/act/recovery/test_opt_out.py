"""Who wants to hear nothing more hears nothing of a case either."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.zhiyin.act.recovery.conftest import Time
from tests.zhiyin.listen.asking import sent_by
from zhiyin.act.cases.models import Case
from zhiyin.act.recovery.models import Telling
from zhiyin.act.recovery.services import follow_closed, send_due_tellings
from zhiyin.channels.models import ChannelAccount
from zhiyin.common import worker
from zhiyin.listen.customers.services import refuse_all


@pytest.mark.django_db
def test_case_news_and_the_question_after_it_are_not_sent_after_a_no(
    sender: ChannelAccount, case_of: Callable[..., Case], time: Time
) -> None:
    case = case_of()
    follow_closed()
    assert Telling.objects.get().state == "waiting"
    refuse_all(customer=case.customer)
    time.forward(minutes=11)
    send_due_tellings()
    worker.drain()
    time.forward(days=8)
    worker.drain()

    assert sent_by(sender) == []
    assert Telling.objects.get().state in {"blocked", "unreachable", "cancelled"}
