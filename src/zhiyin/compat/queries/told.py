"""What webhooks say, in the shape of our API or as Delighted did."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiyin.channels.models import Message, MessageState, WebhookEvent
from zhiyin.compat.queries.delighted import person_out, response_out
from zhiyin.listen.customers.models import ConsentEntry
from zhiyin.listen.programs.models import Invitation
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.queries.payloads import response_payload

DELIGHTED_EVENTS = {
    WebhookEvent.RESPONSE_CREATED: "survey_response.created",
    WebhookEvent.RESPONSE_UPDATED: "survey_response.updated",
    WebhookEvent.CUSTOMER_OPTED_OUT: "unsubscribe.created",
}


def told(event: str, at: dt.datetime, data: dict[str, Any]) -> dict[str, Any]:
    """Return a payload as Standard Webhooks recommends it."""
    return {"type": event, "timestamp": at.isoformat(), "data": data}


def told_delighted(event: str, key: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return a payload as Delighted sent it."""
    kind = DELIGHTED_EVENTS.get(WebhookEvent(event), event)
    return {"event_type": kind, "event_id": key, "event_data": data}


def response_told(
    response: Response, *, is_delighted: bool, reveals: bool
) -> dict[str, Any]:
    """Return what is said of an answer."""
    if is_delighted:
        return response_out(response, expand_person=True, reveals=reveals)
    return response_payload(response)


def opt_out_told(
    entry: ConsentEntry, *, is_delighted: bool, reveals: bool
) -> dict[str, Any]:
    """Return what is said of a customer who opted out."""
    if is_delighted:
        person = person_out(entry.customer, reveals=reveals)
        return {**person, "unsubscribed_at": int(entry.recorded_at.timestamp())}
    return {
        "customer_id": entry.customer_id,
        "customer": entry.customer.key_masked,
        "channel": entry.channel,
        "source": entry.source,
        "recorded_at": entry.recorded_at.isoformat(),
    }


def invitation_told(
    invitation: Invitation, message: Message | None = None
) -> dict[str, Any]:
    """Return what is said of an invitation and of the message that carried it."""
    said: dict[str, Any] = {
        "id": invitation.pk,
        "customer_id": invitation.customer_id,
        "programme": invitation.programme.code if invitation.programme else "",
        "channel": invitation.channel,
        "created_at": invitation.created_at.isoformat(),
    }
    if message is not None and message.state == MessageState.FAILED:
        said["error"] = message.error
    return said
