"""Programmes of the demo: all standard ones, and two that ask into a file."""

from __future__ import annotations

import datetime as dt

from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import ChannelAccount
from zhiyin.channels.services import save_account
from zhiyin.common import clock
from zhiyin.common.confidential import decrypt
from zhiyin.listen.customers.models import ContactKind, Customer
from zhiyin.listen.customers.services import (
    NewEvent,
    record_events,
    save_contact_points,
)
from zhiyin.listen.programs.models import Channel, Programme
from zhiyin.listen.programs.services.programmes import (
    load_standard_programmes,
    make_questionnaire,
    set_programme_live,
)

ASKED = ("TP_HALL", "TP_HOTLINE")
EVENTS_EACH = 200


def add_programmes(organisation: Organisation) -> None:
    """Load the standard programmes and let two of them ask; nobody receives anything.

    The sender writes messages to a file of the installation.
    """
    load_standard_programmes(organisation=organisation)
    account = save_account(
        account=ChannelAccount(
            organisation=organisation, kind="log", name="演示：写入文件"
        ),
    )
    programmes = Programme.objects.of(organisation).filter(code__in=ASKED)
    for place, programme in enumerate(programmes):
        programme.account = account
        # The simulated numbers belong to nobody, so nobody could be sent a text.
        programme.channel = Channel.EMAIL
        programme.save(update_fields=["account", "channel"])
        make_questionnaire(programme=programme)
        programme.refresh_from_db()
        set_programme_live(programme=programme, is_live=True)
        _tell(organisation, programme, first=place * EVENTS_EACH)


def _tell(organisation: Organisation, programme: Programme, first: int) -> None:
    """Report events of the last day for some customers, who get a mail address."""
    known = Customer.objects.of(organisation).exclude(key_encrypted=b"").order_by("pk")
    rows = known.values_list("pk", "key_encrypted")[first : first + EVENTS_EACH]
    save_contact_points(
        organisation=organisation,
        addresses=[
            (pk, ContactKind.EMAIL, f"customer{pk}@demo.example") for pk, _key in rows
        ],
        source="demo",
    )
    now = clock.now()
    record_events(
        organisation=organisation,
        events=[
            NewEvent(
                customer=decrypt(key),
                kind=programme.event_kind,
                key=f"demo-{programme.code}-{number}",
                occurred_at=now - dt.timedelta(minutes=7 * number),
                attributes={"agent_answered": "true"},
                source="demo",
            )
            for number, (_pk, key) in enumerate(rows)
        ],
    )
