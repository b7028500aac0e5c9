"""Addresses of data protection."""

from __future__ import annotations

from django.urls import path

from zhiyin.act.privacy.views import (
    desk,
    erasing,
    fields,
    filing,
    incidents,
    keeping,
    registers,
)

BASE = "act/privacy/"
ONE = f"{BASE}<int:pk>/"

urlpatterns = [
    path(BASE, desk.desk, name="privacy"),
    path(f"{BASE}new/", desk.request_new, name="privacy-new"),
    path(f"{BASE}lift/", erasing.suppression_lift, name="privacy-lift"),
    path(f"{BASE}retention/", keeping.retention, name="retention"),
    path(f"{BASE}retention/run/", keeping.retention_run, name="retention-run"),
    path(
        f"{BASE}retention/run/<int:pk>/",
        keeping.retention_report,
        name="retention-report",
    ),
    path(f"{BASE}retention/<slug:code>/", keeping.retention_set, name="retention-set"),
    path(f"{BASE}settings/", keeping.settings_page, name="privacy-settings"),
    path(f"{BASE}fields/", fields.fields, name="customer-fields"),
    path(f"{BASE}fields/<int:pk>/", fields.field, name="customer-field"),
    path(f"{BASE}law/", fields.jurisdictions, name="jurisdictions"),
    path(f"{BASE}law/<slug:code>/", fields.jurisdiction, name="jurisdiction"),
    path(f"{BASE}assessments/", registers.assessments, name="assessments"),
    path(f"{BASE}assessments/new/", registers.assessment_edit, name="assessment-new"),
    path(f"{BASE}assessments/<int:pk>/", registers.assessment, name="assessment"),
    path(
        f"{BASE}assessments/<int:pk>/edit/",
        registers.assessment_edit,
        name="assessment-edit",
    ),
    path(
        f"{BASE}assessments/<int:pk>/decide/",
        registers.assessment_decide,
        name="assessment-decide",
    ),
    path(f"{BASE}processors/", registers.processors, name="processors"),
    path(f"{BASE}processors/new/", registers.processor_edit, name="processor-new"),
    path(
        f"{BASE}processors/<int:pk>/", registers.processor_edit, name="processor-edit"
    ),
    path(f"{BASE}incidents/", incidents.incidents, name="incidents"),
    path(f"{BASE}incidents/new/", incidents.incident_new, name="incident-new"),
    path(f"{BASE}incidents/<int:pk>/", incidents.incident, name="incident"),
    path(
        f"{BASE}incidents/<int:pk>/count/",
        incidents.incident_count,
        name="incident-count",
    ),
    path(
        f"{BASE}incidents/<int:pk>/step/", incidents.incident_step, name="incident-step"
    ),
    path(
        f"{BASE}incidents/<int:pk>/persons/",
        incidents.incident_persons,
        name="incident-persons",
    ),
    path(
        "data-request/<slug:code>/",
        filing.data_request,
        name="data-request",
    ),
    path(
        "data-request/<slug:code>/<str:token>/",
        filing.data_request_code,
        name="data-request-code",
    ),
    path(ONE, desk.request_page, name="privacy-request"),
    path(f"{ONE}identify/", desk.request_identify, name="privacy-identify"),
    path(f"{ONE}assign/", desk.request_assign, name="privacy-assign"),
    path(f"{ONE}note/", desk.request_note, name="privacy-note"),
    path(f"{ONE}close/", desk.request_close, name="privacy-close"),
    path(f"{ONE}copy/", desk.request_copy, name="privacy-copy"),
    path(f"{ONE}erase/", erasing.request_erase, name="privacy-erase"),
    path(f"{ONE}proof/", erasing.request_proof, name="privacy-proof"),
]
