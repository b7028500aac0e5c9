"""How what other programs do is called on the audit page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "invitation.requested": _("Invitation asked for by a program"),
    "invitation.withdrawn": _("Invitation withdrawn by a program"),
    "response.amended": _("Answer changed by a program"),
    "customer.listed_in_clear": _("Customers listed with addresses in clear"),
}
