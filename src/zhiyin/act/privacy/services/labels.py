"""How the actions of data protection are called on the audit page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "privacy_request.received": _("Request of a data subject received"),
    "privacy_request.identified": _("Identity of a data subject checked"),
    "privacy_request.assigned": _("Request of a data subject assigned"),
    "privacy_request.answered": _("Request of a data subject answered"),
    "privacy_request.refused": _("Request of a data subject refused"),
    "privacy_request.noted": _("Remark on a data subject's request"),
    "privacy_copy.downloaded": _("Copy of a customer's data downloaded"),
    "privacy_settings.changed": _("Data protection settings changed"),
    "erasure.ordered": _("Erasure of a customer ordered"),
    "erasure.finished": _("Erasure of a customer finished"),
    "retention.changed": _("Retention period changed"),
    "retention.started": _("Purge started"),
    "retention.finished": _("Purge finished"),
    "code.sent": _("Identity code sent"),
}
