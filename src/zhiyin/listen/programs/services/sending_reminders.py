"""One reminder to who was asked and said nothing, where the programme wants one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from zhiyin.accounts.services import record
from zhiyin.channels.services import queue_messages
from zhiyin.common import clock
from zhiyin.listen.contacts.models import RuleName
from zhiyin.listen.contacts.services import Purpose, log_unjudged
from zhiyin.listen.programs.models import Invitation, Programme
from zhiyin.listen.programs.queries.again import may_be_asked_again, next_hour
from zhiyin.listen.programs.queries.tokens import REMINDER, further_key
from zhiyin.listen.programs.queries.ways import Way, reached_by, ways_of
from zhiyin.listen.programs.services.sending import BATCH, draft_of
from zhiyin.listen.surveys.queries import published_version


def send_reminders() -> bool:
    """Remind who has not answered, once; True when there may be more.

    The policy's pauses do not apply, because nothing new is asked. Quiet hours do, and
    so does whatever stands against asking the customer by now.
    """
    live = Programme.objects.filter(is_live=True, reminder_days__gt=0)
    related = live.select_related(
        "organisation", "instrument", "account", "template", "fallback_account",
        "fallback_template",
    )  # fmt: skip
    reminded = [_serve(programme) for programme in related]
    return any(reminded)


def _serve(programme: Programme) -> bool:
    now = clock.now()
    if programme.reminder_days is None or next_hour(programme.organisation) > now:
        return False
    waiting = Invitation.objects.filter(
        programme=programme,
        sent_at__lte=now - dt.timedelta(days=programme.reminder_days),
        answered_at=None,
        withdrawn_at=None,
        reminded_at=None,
        failed_at=None,
        expires_at__gt=now,
    )
    last = 0
    while True:
        part = list(waiting.filter(pk__gt=last).order_by("pk")[:BATCH])
        if not part:
            return False
        last = part[-1].pk
        if sum(_remind(programme, way, part) for way in ways_of(programme)):
            return True


@transaction.atomic
def _remind(programme: Programme, way: Way, part: Sequence[Invitation]) -> int:
    """Remind those of some invitations that went out by this way; return how many."""
    version = published_version(programme.instrument) if programme.instrument else None
    if version is None:
        return 0
    rows = Invitation.objects.select_for_update(skip_locked=True, of=("self",))
    mine = list(
        rows.filter(
            pk__in=[each.pk for each in part],
            reminded_at=None,
            answered_at=None,
            withdrawn_at=None,
            channel=way.channel,
            customer__isnull=False,
        ).select_related("link__organisation", "link__touchpoint"),
    )
    ids = [each.customer_id for each in mine if each.customer_id is not None]
    willing = may_be_asked_again(programme.organisation, ids)
    addresses = reached_by([way], willing).by_way[0]
    drafts, reminded, customers = [], [], {}
    for invitation in mine:
        address = addresses.get(invitation.customer_id or 0)
        if address:
            key = further_key(invitation.message_key, REMINDER)
            drafts.append(draft_of(way, invitation, version, address, key=key))
            reminded.append(invitation.pk)
            customers[invitation.customer_id or 0] = RuleName.REMINDER.value
    queue_messages(account=way.account, drafts=drafts)
    Invitation.objects.filter(pk__in=reminded).update(reminded_at=clock.now())
    log_unjudged(
        organisation=programme.organisation,
        rules=customers,
        purpose=Purpose(programme.stream, programme.code, way.channel),
    )
    if reminded:
        record(action="invitations.reminded", target=programme, asked=len(reminded))
    return len(reminded)
