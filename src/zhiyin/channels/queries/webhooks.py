"""Webhooks as their pages show them."""

from __future__ import annotations

import json

from django.db.models import Count, Q, QuerySet

from zhiyin.accounts.models import Person
from zhiyin.channels.models import DeliveryState, WebhookDelivery, WebhookEndpoint


def endpoints_of(person: Person) -> QuerySet[WebhookEndpoint]:
    """Return a person's organisation's endpoints with what is owed to them."""
    waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
    rows = WebhookEndpoint.objects.visible_to(person)
    return rows.annotate(waiting_count=waiting)


def deliveries_of(person: Person, endpoint: int) -> QuerySet[WebhookDelivery]:
    """Return the calls of one endpoint, newest first."""
    rows = WebhookDelivery.objects.visible_to(person).filter(endpoint=endpoint)
    return rows.select_related("endpoint")


def told(delivery: WebhookDelivery) -> str:
    """Return what is told, to be read by people."""
    body = delivery.body
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2) if body else ""
