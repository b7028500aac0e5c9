"""How the actions of channels are called on the audit page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "channel.created": _("Sender added"),
    "channel.changed": _("Sender changed"),
    "channel.enabled": _("Sender enabled"),
    "channel.disabled": _("Sender disabled"),
    "channel.deleted": _("Sender deleted"),
    "channel.tested": _("Test message sent"),
    "channel.called_back": _("Report of a provider taken in"),
    "template.created": _("Template added"),
    "template.changed": _("Template changed"),
    "template.archived": _("Template archived"),
    "template.restored": _("Template restored"),
    "message.cancelled": _("Message cancelled"),
    "message.confirmed": _("Uncertain message said to have arrived"),
    "message.sent_again": _("Message sent again"),
    "message.revealed": _("Receiver of a message shown in clear"),
    "webhook.created": _("Webhook added"),
    "webhook.changed": _("Webhook changed"),
    "webhook.secret_renewed": _("Secret of a webhook renewed"),
    "webhook.enabled": _("Webhook enabled"),
    "webhook.paused": _("Webhook paused"),
    "webhook.deleted": _("Webhook deleted"),
    "webhook.tested": _("Webhook tried out"),
    "webhook.replayed": _("Webhook call repeated"),
    "message.opted_out": _("Receiver opted out"),
    "bounce.received": _("Returned mail taken in"),
}
