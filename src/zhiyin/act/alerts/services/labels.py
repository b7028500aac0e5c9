"""How what happens to alerts is called on the audit page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "alert.dismissed": _("Alert dismissed"),
    "alert.restored": _("Alert put back"),
    "alert_rule.added": _("Alert rule added"),
    "alert_rule.changed": _("Alert rule changed"),
    "alert_rule.switched_on": _("Alert rule switched on"),
    "alert_rule.switched_off": _("Alert rule switched off"),
    "alert_rule.deleted": _("Alert rule deleted"),
}
