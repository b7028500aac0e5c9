"""How the actions of accounts are called on the audit page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, str | Promise] = {
    "organisation.created": _("Organisation created"),
    "organisation.changed": _("Organisation settings changed"),
    "thresholds.changed": _("Minimum numbers of answers changed"),
    "department.added": _("Department added"),
    "department.changed": _("Department changed"),
    "department.moved": _("Department moved"),
    "department.deactivated": _("Department deactivated"),
    "department.reactivated": _("Department reactivated"),
    "departments.imported": _("Departments imported"),
    "departments.exported": _("Departments exported"),
    "person.added": _("Person added"),
    "person.deactivated": _("Person deactivated"),
    "person.reactivated": _("Person reactivated"),
    "person.logged_in": _("Logged in"),
    "person.logged_out": _("Logged out"),
    "profile.changed": _("Profile changed"),
    "sessions.ended": _("Logged out everywhere"),
    "role.given": _("Role given"),
    "role.taken": _("Role taken away"),
    "login.failed": _("Login failed"),
    "password.changed": _("Password changed"),
    "password.reset": _("Password reset"),
    "password.link_made": _("Password link made"),
    "second_step.added": _("Second step set up"),
    "second_step.removed": _("Second step removed"),
    "recovery_codes.renewed": _("Recovery codes renewed"),
    "invitation.sent": _("Colleague invited"),
    "invitation.resent": _("Invitation sent again"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "invitation.accepted": _("Invitation accepted"),
    "token.created": _("API token created"),
    "token.revoked": _("API token revoked"),
    "audit.exported": _("Audit log exported"),
    "approval.asked": _("Approval asked for"),
    "approval.approved": _("Approval given"),
    "approval.refused": _("Approval refused"),
    "approval.expired": _("Approval expired"),
    "export_limits.changed": _("Limits of exports changed"),
    "page.submitted": _("Form sent"),
}
