"""How the actions of customers are called on the audit page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "customer.changed": _("Customer changed"),
    "customer.erased": _("Customer erased"),
    "customer.revealed": _("Customer shown in clear"),
    "customer.opted_out": _("Customer opted out"),
    "customer.opted_in": _("Customer opted in again"),
    "customer.listed": _("Customers downloaded"),
    "customers.recorded": _("Customers recorded"),
    "contact_point.added": _("Contact point added"),
    "contact_point.preferred": _("Contact point preferred"),
    "contact_point.marked_unusable": _("Contact point marked unusable"),
    "contact_point.marked_usable": _("Contact point marked usable"),
    "contact_point.revealed": _("Contact point shown in clear"),
    "consent.recorded": _("Consent recorded"),
    "suppression.lifted": _("Erased person let back in"),
    "words.revealed": _("Words shown with their numbers"),
    "event.recorded": _("Events recorded"),
    "jurisdiction.changed": _("Jurisdiction changed"),
    "field.classified": _("Field of customers classified"),
    "field.allowed": _("Sensitive field turned on"),
    "field.forbidden": _("Sensitive field turned off"),
    "field.question_chosen": _("Question that fills a field chosen"),
    "field.revealed": _("Sensitive field shown"),
    "known_data.published": _("Data about customers published"),
}
