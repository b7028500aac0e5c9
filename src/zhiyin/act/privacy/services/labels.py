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
    "assessment.written": _("Impact assessment written"),
    "assessment.changed": _("Impact assessment changed"),
    "assessment.approved": _("Impact assessment approved"),
    "assessment.withdrawn": _("Impact assessment taken back"),
    "processor.added": _("Processor added"),
    "processor.changed": _("Processor changed"),
    "processor.stopped": _("Processor gets no more data"),
    "incident.reported": _("Incident reported"),
    "incident.counted": _("Persons of an incident counted"),
    "incident.note": _("Remark on an incident"),
    "incident.authority": _("Authority told of an incident"),
    "incident.persons": _("Persons told of an incident"),
    "incident.exempt": _("Persons need not be told of an incident"),
    "incident.contained": _("Incident contained"),
    "incident.closed": _("Incident closed"),
    "incident.listed": _("List of persons of an incident downloaded"),
    "code.sent": _("Identity code sent"),
}
