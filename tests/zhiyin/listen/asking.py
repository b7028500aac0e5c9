"""Steps of asking that several tests take."""

from __future__ import annotations

import datetime as dt
import json

from zhiyin.channels.models import (
    ChannelAccount,
)
from zhiyin.channels.queries import folder_of
from zhiyin.channels.services import (
    send_due,
)
from zhiyin.listen.programs.models import (
    FrameMember,
)
from zhiyin.listen.programs.services.sending import send_due_members


def sent_by(account: ChannelAccount) -> list[dict[str, str]]:
    while send_due():
        pass
    path = folder_of(account) / "messages.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def state_of(member: FrameMember) -> tuple[str, str]:
    member.refresh_from_db()
    return member.state, member.reason


def clock_hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


def run() -> None:
    while send_due_members():
        pass
