"""Out of the page: what is due for one person by one way goes as one message.

The message is queued and the deliveries are marked in one transaction, under a key
made from the first delivery: killed anywhere, a run leaves all of it or nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiyin.accounts.models import Person
from zhiyin.act.notices.models import (
    DeliveryState,
    NoticeAddress,
    NoticeDelivery,
    Way,
)
from zhiyin.act.notices.queries.senders import listeners_of, sender_of
from zhiyin.channels.models import MessageClass, WebhookEvent
from zhiyin.channels.services import Draft, Occasion, queue_message, queue_occasions
from zhiyin.common import clock

BATCH = 200
# A digest names so many; the rest are counted, and stand on the page.
MOST_NAMED = 20
# Written out: the worker would read every page of the site to look it up.
NOTICES_URL = "/notices/"


def deliver_due() -> bool:
    """Hand over what is due; return whether anything was."""
    due = NoticeDelivery.objects.filter(
        state=DeliveryState.WAITING,
        due_at__lte=clock.now(),
    )
    keys = due.order_by("due_at").values_list("notice__person", "way")[:BATCH]
    groups = sorted(set(keys))
    for person, way in groups:
        _deliver(person, way)
    return bool(groups)


@transaction.atomic
def _deliver(person_id: int, way: str) -> None:
    now = clock.now()
    rows = NoticeDelivery.objects.filter(
        notice__person=person_id,
        way=way,
        state=DeliveryState.WAITING,
        due_at__lte=now,
    )
    claimed = list(
        rows.select_for_update(of=("self",))
        .select_related("notice__person__organisation")
        .order_by("notice__at", "pk"),
    )
    if not claimed:
        return
    person = claimed[0].notice.person
    key = f"notice:{way}:{claimed[0].pk}"
    with translation.override(person.language):
        is_sent = person.is_active and _hand_over(person, way, key, claimed)
    NoticeDelivery.objects.filter(pk__in=[each.pk for each in claimed]).update(
        state=DeliveryState.SENT if is_sent else DeliveryState.NO_WAY,
        message_key=key if is_sent else "",
        finished_at=now,
    )


def _hand_over(
    person: Person,
    way: str,
    key: str,
    rows: Sequence[NoticeDelivery],
) -> bool:
    if way == Way.WEBHOOK:
        return _tell_endpoints(person, rows)
    address = _address(person, way)
    account = sender_of(person, way)
    if account is None or not address:
        return False
    title, body = _letter(rows)
    draft = Draft(
        key=key,
        to=address,
        subject=title,
        body=body,
        message_class=MessageClass.SERVICE,
        language=person.language,
    )
    try:
        queue_message(account=account, draft=draft)
    except ValidationError:
        # The address is not one: the notice stays on the page.
        return False
    return True


def _address(person: Person, way: str) -> str:
    if way == Way.EMAIL:
        return person.email
    known = NoticeAddress.objects.filter(person=person).first()
    return known.wecom_user_id if known else ""


def _letter(rows: Sequence[NoticeDelivery]) -> tuple[str, str]:
    if len(rows) == 1:
        notice = rows[0].notice
        return notice.title, "\n\n".join(
            part for part in (notice.title, notice.text, _link(notice.url)) if part
        )
    title = ngettext("%(count)s notice", "%(count)s notices", len(rows)) % {
        "count": len(rows),
    }
    lines = []
    for each in rows[:MOST_NAMED]:
        link = _link(each.notice.url)
        lines.append(f"· {each.notice.title}" + (f"\n  {link}" if link else ""))
    more = len(rows) - MOST_NAMED
    if more > 0:
        lines.append(_("… and %(count)s more on the page.") % {"count": more})
    return title, "\n".join([title, "", *lines, "", _link(NOTICES_URL)])


def _link(url: str) -> str:
    return f"{settings.PUBLIC_URL}{url}" if url.startswith("/") else url


def _tell_endpoints(person: Person, rows: Sequence[NoticeDelivery]) -> bool:
    event = WebhookEvent.NOTICE_CREATED
    listening = listeners_of(person)
    occasions = [_occasion(event, person, each) for each in rows]
    for endpoint in listening:
        queue_occasions(endpoint=endpoint, occasions=occasions)
    return bool(listening)


def _occasion(event: str, person: Person, row: NoticeDelivery) -> Occasion:
    notice = row.notice
    return Occasion(
        f"notice:{notice.pk}",
        event,
        f"notice:{notice.pk}",
        {
            "type": event,
            "timestamp": notice.at.astimezone(dt.UTC).isoformat(),
            "data": {
                "id": notice.pk,
                "person": person.email,
                "kind": notice.kind,
                "title": notice.title,
                "text": notice.text,
                "url": _link(notice.url),
            },
        },
    )
