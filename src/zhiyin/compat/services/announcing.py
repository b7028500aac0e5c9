"""From rows to calls: what happened, told to every endpoint that asked for it.

Nothing is signalled by whoever writes; a task reads on from where it stopped. It can
be killed anywhere: marks move only after the calls are queued, and an occasion that is
met twice has the same key and is told once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from django.db.models import Max

from zhiyin.accounts.models import Organisation
from zhiyin.channels.models import (
    ANSWER_EVENTS,
    Message,
    MessageState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookProfile,
)
from zhiyin.channels.services import (
    Occasion,
    forget_people,
    forget_subjects,
    queue_occasions,
)
from zhiyin.common import clock
from zhiyin.compat.models import AnnouncementMark
from zhiyin.compat.queries import told
from zhiyin.compat.queries.changes import beginning, changes_since
from zhiyin.compat.services.acts import begin_acts, tell_acts
from zhiyin.compat.services.listening import BEHIND_ROWS, Listeners, first_since
from zhiyin.listen.customers.models import ConsentEntry, ConsentState, Purpose
from zhiyin.listen.programs.models import Invitation
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries.payloads import with_all

BATCH = 200
# How long a row may take to be committed.
BEHIND = dt.timedelta(seconds=60)
# Beyond this nothing tells whether an answer was told of before.
REMEMBERED = dt.timedelta(days=29)
LATEST_ROWS = 10_000
MESSAGE_EVENTS = frozenset(
    {
        WebhookEvent.INVITATION_SENT,
        WebhookEvent.INVITATION_DELIVERED,
        WebhookEvent.INVITATION_FAILED,
    },
)


def announce() -> bool:
    """Queue what happened since the last time, for every organisation that listens."""
    listening = WebhookEndpoint.objects.values_list("organisation", flat=True)
    numbers = set(listening.order_by())
    AnnouncementMark.objects.exclude(organisation__in=numbers).delete()
    worked = [
        _announce(organisation)
        for organisation in Organisation.objects.filter(pk__in=numbers)
    ]
    return any(worked)


def _announce(organisation: Organisation) -> bool:
    listeners = Listeners(list(WebhookEndpoint.objects.of(organisation)))
    mark = AnnouncementMark.objects.of(organisation).first()
    if mark is None:
        mark = _begin(organisation, listeners)
    made = _tell_answers(mark, listeners)
    made += _tell_opt_outs(mark, listeners)
    made += _tell_invitations(mark, listeners)
    made += _tell_messages(mark, listeners)
    made += tell_acts(mark, listeners)
    return made > 0


def _begin(organisation: Organisation, listeners: Listeners) -> AnnouncementMark:
    """Begin where the first endpoint was added, not where it is first looked for."""
    horizon = beginning()
    since = min(each.created_at for each in listeners.endpoints)
    mark, _is_new = AnnouncementMark.objects.get_or_create(
        organisation=organisation,
        defaults={
            "horizon": horizon,
            "consent_id": first_since(ConsentEntry, "recorded_at", organisation, since),
            "invitation_id": first_since(Invitation, "created_at", organisation, since),
            "messages_until": since,
            **begin_acts(organisation, since),
        },
    )
    newest = Response.objects.aggregate(newest=Max("pk"))["newest"] or 0
    missed = Response.objects.of(organisation).filter(
        pk__gt=newest - LATEST_ROWS,
        received_at__gte=since,
        instrument_version__instrument__is_anonymous=False,
    )
    rows = list(
        missed.exclude(source__startswith="import:").values_list("pk", "revision")
    )
    _queue_answers(organisation.pk, listeners, rows)
    return mark


# ------------------------------------------------------------------ answers


def _tell_answers(mark: AnnouncementMark, listeners: Listeners) -> int:
    found = changes_since(mark.organisation_id, mark.horizon)
    if found.horizon == mark.horizon:
        return 0
    for start in range(0, len(found.erased), BATCH):
        part = found.erased[start : start + BATCH]
        forget_subjects(
            organisation_id=mark.organisation_id,
            subjects=[f"response:{number}" for number in part],
        )
    made = _queue_answers(mark.organisation_id, listeners, found.changed)
    mark.horizon = found.horizon
    mark.save(update_fields=["horizon"])
    return made


def _queue_answers(
    organisation_id: int,
    listeners: Listeners,
    changed: Sequence[tuple[int, int]],
) -> int:
    endpoints = listeners.of(*ANSWER_EVENTS)
    made = 0
    for start in range(0, len(changed) if endpoints else 0, BATCH):
        part = dict(changed[start : start + BATCH])
        rows = with_all(Response.objects.of(organisation_id).filter(pk__in=part))
        responses = list(rows)
        nobodys = [f"response:{each.pk}" for each in rows if not each.customer_id]
        forget_people(organisation_id=organisation_id, subjects=nobodys)
        for endpoint in endpoints:
            occasions = _answers_for(endpoint, responses, part)
            made += queue_occasions(endpoint=endpoint, occasions=occasions)
    return made


def _answers_for(
    endpoint: WebhookEndpoint,
    responses: Iterable[Response],
    revisions: dict[int, int],
) -> list[Occasion]:
    known = _told_before(endpoint, revisions)
    since = max(endpoint.created_at, clock.now() - REMEMBERED)
    told_new = WebhookEvent.RESPONSE_CREATED in endpoint.events
    occasions = []
    for response in responses:
        is_new = response.pk not in known and response.received_at >= since
        # Who does not want to be told of new answers is told of every change.
        event = (
            WebhookEvent.RESPONSE_CREATED
            if is_new and told_new
            else WebhookEvent.RESPONSE_UPDATED
        )
        if event in endpoint.events:
            key = f"response:{response.pk}:{revisions[response.pk]}"
            occasions.append(_occasion(endpoint, event, key, response))
    return occasions


def _told_before(endpoint: WebhookEndpoint, numbers: Iterable[int]) -> set[int]:
    """Return the answers this endpoint was told of before."""
    subjects = [f"response:{number}" for number in numbers]
    rows = WebhookDelivery.objects.filter(endpoint=endpoint, subject__in=subjects)
    return {
        int(subject.partition(":")[2])
        for subject in rows.values_list("subject", flat=True)
    }


def _occasion(
    endpoint: WebhookEndpoint,
    event: str,
    key: str,
    response: Response,
) -> Occasion:
    is_delighted = endpoint.profile == WebhookProfile.DELIGHTED
    data = told.response_told(
        response,
        is_delighted=is_delighted,
        reveals=endpoint.reveals_contacts,
    )
    subject = f"response:{response.pk}"
    if is_delighted:
        return Occasion(key, event, subject, told.told_delighted(event, key, data))
    return Occasion(key, event, subject, told.told(event, response.responded_at, data))


# ------------------------------------------------------------------ opt-outs


def _tell_opt_outs(mark: AnnouncementMark, listeners: Listeners) -> int:
    rows = ConsentEntry.objects.of(mark.organisation_id).filter(
        pk__gt=mark.consent_id - BEHIND_ROWS,
    )
    newest = rows.aggregate(newest=Max("pk"))["newest"]
    if newest is None or newest == mark.consent_id:
        return 0
    since = min(each.created_at for each in listeners.endpoints)
    entries = rows.filter(
        purpose=Purpose.SURVEY,
        recorded_at__gte=since,
        state__in=[ConsentState.WITHDRAWN, ConsentState.REFUSED],
    ).select_related("customer")
    event = WebhookEvent.CUSTOMER_OPTED_OUT
    made = 0
    for endpoint in listeners.of(event):
        made += queue_occasions(
            endpoint=endpoint,
            occasions=[_opt_out(endpoint, event, each) for each in entries],
        )
    mark.consent_id = newest
    mark.save(update_fields=["consent_id"])
    return made


def _opt_out(endpoint: WebhookEndpoint, event: str, entry: ConsentEntry) -> Occasion:
    key, subject = f"consent:{entry.pk}", f"customer:{entry.customer_id}"
    is_delighted = endpoint.profile == WebhookProfile.DELIGHTED
    data = told.opt_out_told(
        entry,
        is_delighted=is_delighted,
        reveals=endpoint.reveals_contacts,
    )
    if is_delighted:
        return Occasion(key, event, subject, told.told_delighted(event, key, data))
    return Occasion(key, event, subject, told.told(event, entry.recorded_at, data))


# ------------------------------------------------------------------ invitations


def _tell_invitations(mark: AnnouncementMark, listeners: Listeners) -> int:
    rows = Invitation.objects.of(mark.organisation_id).filter(
        pk__gt=mark.invitation_id - BEHIND_ROWS,
    )
    newest = rows.aggregate(newest=Max("pk"))["newest"]
    if newest is None or newest == mark.invitation_id:
        return 0
    event = WebhookEvent.INVITATION_CREATED
    endpoints = listeners.of(event)
    reached, made = newest, 0
    if endpoints:
        since = min(each.created_at for each in endpoints)
        new = rows.filter(created_at__gte=since).select_related("programme")
        part = list(new.order_by("pk")[: BATCH + BEHIND_ROWS])
        if len(part) == BATCH + BEHIND_ROWS:
            reached = part[-1].pk
        made = _queue_invitations(endpoints, [(each, None) for each in part], event)
    mark.invitation_id = reached
    mark.save(update_fields=["invitation_id"])
    return made


def _tell_messages(mark: AnnouncementMark, listeners: Listeners) -> int:
    """Tell how far messages with invitations came, read off the channels' own rows."""
    now = clock.now()
    made = 0
    if listeners.of(*MESSAGE_EVENTS):
        since = mark.messages_until
        rows = Message.objects.of(mark.organisation_id)
        sent = rows.filter(sent_at__gte=since, sent_at__lte=now)
        made += _tell_moved(
            listeners, sent, lambda _state: WebhookEvent.INVITATION_SENT
        )
        finished = rows.filter(finished_at__gte=since, finished_at__lte=now)
        made += _tell_moved(listeners, finished, _outcome)
    mark.messages_until = max(mark.messages_until, now - BEHIND)
    mark.save(update_fields=["messages_until"])
    return made


def _outcome(state: str) -> WebhookEvent | None:
    return {
        str(MessageState.DELIVERED): WebhookEvent.INVITATION_DELIVERED,
        str(MessageState.FAILED): WebhookEvent.INVITATION_FAILED,
    }.get(state)


def _tell_moved(
    listeners: Listeners,
    messages: Iterable[Message],
    event_of: Callable[[str], WebhookEvent | None],
) -> int:
    found: dict[WebhookEvent, dict[str, Message]] = {}
    for message in messages:
        event = event_of(message.state)
        if event is not None and listeners.of(event):
            found.setdefault(event, {})[message.key] = message
    made = 0
    for event, by_key in found.items():
        keys = list(by_key)
        for start in range(0, len(keys), BATCH):
            carried = Invitation.objects.filter(
                organisation=listeners.endpoints[0].organisation_id,
                message_key__in=keys[start : start + BATCH],
            ).select_related("programme")
            pairs = [(each, by_key[each.message_key]) for each in carried]
            made += _queue_invitations(listeners.of(event), pairs, event)
    return made


def _queue_invitations(
    endpoints: Iterable[WebhookEndpoint],
    pairs: Sequence[tuple[Invitation, Message | None]],
    event: WebhookEvent,
) -> int:
    made = 0
    for endpoint in endpoints:
        occasions = []
        for invitation, message in pairs:
            key = f"{event}:{invitation.pk}"
            data = told.invitation_told(invitation, message)
            at = (message.finished_at or message.sent_at) if message else None
            payload = (
                told.told_delighted(event, key, data)
                if endpoint.profile == WebhookProfile.DELIGHTED
                else told.told(event, at or invitation.created_at, data)
            )
            subject = f"customer:{invitation.customer_id}"
            occasions.append(Occasion(key, event, subject, payload))
        made += queue_occasions(endpoint=endpoint, occasions=occasions)
    return made
