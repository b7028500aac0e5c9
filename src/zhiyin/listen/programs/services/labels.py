"""How the actions of programmes are called on the audit page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "programme.created": _("Programme made"),
    "programme.edited": _("Programme changed"),
    "programme.started": _("Programme went live"),
    "programme.paused": _("Programme paused"),
    "programmes.loaded": _("Standard programmes loaded"),
    "wave.begun": _("Wave begun by its cadence"),
    "wave.drawn": _("Sample of a wave drawn"),
    "links.exported": _("Personal links downloaded"),
    "frame.exported": _("Frame downloaded"),
    "invitations.created": _("Personal links made"),
    "invitations.sent": _("Customers asked"),
    "invitations.reminded": _("Customers reminded"),
    "gate.signed": _("Gate passed"),
    "gate.withdrawn": _("Gate taken back"),
}
