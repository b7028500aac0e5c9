"""Writes about widgets: their settings, their counts, and whom they may ask."""

from __future__ import annotations

import secrets
import zoneinfo
from collections.abc import Iterable

from django.db import connection, transaction

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.contacts.services import Purpose, judge_contacts, note_answer
from zhiyin.listen.customers.models import Customer, FieldKind
from zhiyin.listen.customers.services import ensure_fields
from zhiyin.listen.programs.models import Channel, Widget
from zhiyin.listen.programs.queries import programme_of

ID_BYTES = 9
SECRET_BYTES = 24
# One statement, so that two processes never lose each other's count.
_COUNT = """
    INSERT INTO programs_widgetday (widget_id, day, shown, answered)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (widget_id, day) DO UPDATE SET
        shown = programs_widgetday.shown + excluded.shown,
        answered = programs_widgetday.answered + excluded.answered
"""


@transaction.atomic
def save_widget(*, widget: Widget) -> Widget:
    """Add a widget with a code and a secret of its own, or change one."""
    is_new = widget.pk is None
    if is_new:
        widget.public_id = secrets.token_urlsafe(ID_BYTES)
        widget.keep_secret(secrets.token_urlsafe(SECRET_BYTES))
    widget.save()
    record(action="widget.created" if is_new else "widget.edited", target=widget)
    return widget


@transaction.atomic
def set_widget_live(*, widget: Widget, is_live: bool) -> None:
    """Ask visitors from now on, or ask nobody any more."""
    Widget.objects.filter(pk=widget.pk).update(is_live=is_live)
    record(action="widget.started" if is_live else "widget.stopped", target=widget)


@transaction.atomic
def renew_secret(*, widget: Widget) -> None:
    """Replace the secret; what was signed with the one before proves nothing now."""
    widget.keep_secret(secrets.token_urlsafe(SECRET_BYTES))
    widget.save(update_fields=["secret_encrypted"])
    record(action="widget.secret_renewed", target=widget)


def count_widget(*, widget: Widget, shown: int = 0, answered: int = 0) -> None:
    """Count that a widget was shown or answered, on today's row."""
    zone = zoneinfo.ZoneInfo(widget.organisation.time_zone)
    day = clock.now().astimezone(zone).date()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [widget.pk, day, shown, answered])


def may_ask(*, widget: Widget, customer: Customer) -> bool:
    """Ask the contact policy whether a known customer is asked now; it is logged."""
    link = widget.link
    # Who reads the page is awake: hours and holidays do not matter.
    purpose = Purpose(link.stream, programme_of(link), Channel.WIDGET, sends_now=False)
    judged = judge_contacts(
        organisation=widget.organisation,
        customers=[customer.pk],
        purpose=purpose,
    )
    return bool(judged.allowed())


def note_widget_answer(*, widget: Widget, customer_id: int) -> None:
    """Tell the contact policy that a known customer has answered."""
    programme = programme_of(widget.link)
    note_answer(customer_id=customer_id, programme=programme, at=clock.now())


def field_codes(*, widget: Widget, labels: Iterable[str]) -> list[str]:
    """Return the codes under which values are recorded with an answer."""
    wanted = [(label, FieldKind.CATEGORY, False) for label in labels]
    made = ensure_fields(organisation=widget.organisation, fields=wanted)
    return [field.code for field in made]
