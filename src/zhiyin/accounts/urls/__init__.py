"""Addresses under `settings/`."""

from __future__ import annotations

from django.urls import path

from zhiyin.accounts.views import (
    audit,
    control,
    departments,
    invitations,
    organisations,
    people,
    profile,
)

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("profile/sessions/end/", profile.end_my_sessions, name="end_my_sessions"),
    path("welcome/", profile.welcome, name="welcome"),
    path("tokens/", profile.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", profile.revoke_token, name="revoke_token"),
    path("people/", people.people, name="people"),
    path("people/invite/", invitations.invite, name="invite"),
    path("people/invitations/", invitations.invitations, name="invitations"),
    path(
        "people/invitations/<int:pk>/resend/",
        invitations.resend,
        name="resend_invitation",
    ),
    path(
        "people/invitations/<int:pk>/withdraw/",
        invitations.withdraw,
        name="withdraw_invitation",
    ),
    path("people/<int:pk>/", people.person, name="person"),
    path(
        "people/<int:pk>/roles/<int:assignment>/remove/",
        people.remove_role,
        name="remove_role",
    ),
    path("people/<int:pk>/deactivate/", people.deactivate, name="deactivate_person"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="reactivate_person"),
    path("people/<int:pk>/log-out/", people.log_out_everywhere, name="log_person_out"),
    path(
        "people/<int:pk>/second-step/",
        people.lost_second_step,
        name="lost_second_step",
    ),
    path("people/<int:pk>/password/", people.password_link, name="password_link"),
    path("departments/", departments.departments, name="departments"),
    path("departments/add/", departments.add, name="add_department"),
    path("departments/import/", departments.import_file, name="import_departments"),
    path("departments/export/", departments.export_file, name="export_departments"),
    path("departments/<int:pk>/", departments.department, name="department"),
    path("departments/<int:pk>/move/", departments.move, name="move_department"),
    path(
        "departments/<int:pk>/deactivate/",
        departments.deactivate,
        name="deactivate_department",
    ),
    path(
        "departments/<int:pk>/reactivate/",
        departments.reactivate,
        name="reactivate_department",
    ),
    path("organisation/", organisations.organisation, name="organisation"),
    path("organisation/thresholds/", organisations.thresholds, name="thresholds"),
    path("approvals/", control.approvals, name="approvals"),
    path("approvals/ask/", control.ask, name="ask_approval"),
    path("approvals/<int:pk>/", control.approval, name="approval"),
    path("approvals/<int:pk>/decide/", control.decide, name="decide_approval"),
    path("exports/", control.register, name="exports"),
    path("exports/limits/", control.limits, name="export_limits"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export/", audit.export, name="export_audit"),
    path("audit/chain/", audit.chain, name="audit_chain"),
    path("audit/proof/", audit.proof, name="audit_proof"),
]
