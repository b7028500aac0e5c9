"""How the actions of recovery are called on the audit page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "telling.written": _("Message to the customer of a case written"),
    "telling.hastened": _("Message to the customer of a case sent at once"),
    "telling.cancelled": _("Message to the customer of a case taken back"),
    "cause_news.sent": _("News about a cause sent to customers"),
    "loop_settings.changed": _("Settings of the loop changed"),
    "closing_text.changed": _("Closing text changed"),
    "closing_text.removed": _("Closing text removed"),
    "employee.named": _("Employee's number assigned to a person"),
    "loop.exported": _("Loop report exported"),
}
