"""What the audit log and the journals call things that happen to cases."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "case.opened": _("Case opened"),
    "case.alert_joined": _("Alert added to a case"),
    "case.assigned": _("Case assigned"),
    "case.acknowledged": _("Case acknowledged"),
    "case.level_changed": _("Level of a case changed"),
    "case.contacted": _("Contact logged"),
    "case.moved": _("Case moved on"),
    "case.facts_recorded": _("Facts of a case recorded"),
    "case.causes_recorded": _("Causes of a case recorded"),
    "case.resolved": _("Case resolved"),
    "case.explained": _("Case explained, with a promise"),
    "case.promised": _("Promise made"),
    "case.promise_kept": _("Promise kept"),
    "case.customer_told": _("Customer updated"),
    "case.verified": _("Case verified"),
    "case.sent_back": _("Case sent back"),
    "case.closed": _("Case closed"),
    "case.reopened": _("Case reopened"),
    "case.merged": _("Cases merged"),
    "case.merged_away": _("Case merged into another"),
    "case.hand_over_asked": _("Hand-over asked"),
    "case.hand_over_answered": _("Hand-over answered"),
    "case.hand_over_decided": _("Hand-over decided"),
    "case.hand_over_withdrawn": _("Hand-over withdrawn"),
    "case.hand_over_late": _("Hand-over late"),
    "case.escalated": _("Case escalated"),
    "case.owner_found": _("New owner found for a case"),
    "case.commented": _("Comment on a case"),
    "case.file_attached": _("File attached to a case"),
    "case.compensated": _("Compensation recorded"),
    "case.undone": _("Change of a case undone"),
    "cases.changed": _("Many cases changed"),
    "cases.undone": _("Change of many cases undone"),
    "cases.erased": _("Customer erased from cases"),
    "case_rules.loaded": _("Standard rules of cases loaded"),
}
