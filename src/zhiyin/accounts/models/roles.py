"""Roles and what each may do: one table, read by every page, address and API."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    CX_MANAGER = "cx_manager", _("CX manager")
    RESEARCHER = "researcher", _("Survey researcher")
    ANALYST = "analyst", _("Data analyst")
    DEPT_OWNER = "dept_owner", _("Department owner")
    AGENT = "agent", _("Frontline agent")
    TEAM_LEAD = "team_lead", _("Team leader")
    GRID_MANAGER = "grid_manager", _("Grid manager")
    RETENTION = "retention", _("Retention specialist")
    PLANNER = "planner", _("Marketing planner")
    EXECUTIVE = "executive", _("Executive")
    KPI_ADMIN = "kpi_admin", _("KPI officer")
    SYS_ADMIN = "sys_admin", _("Administrator")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")


class Permission(models.TextChoices):
    """What a person may do. Where it reaches is decided by `visible_to`."""

    SEE_SCORES = "see_scores", _("See scores and trends")
    SEE_RESPONSES = "see_responses", _("See single answers and comments")
    SEE_CUSTOMERS = "see_customers", _("See customers, masked")
    EDIT_CUSTOMERS = "edit_customers", _("Edit customers and record consent")
    REVEAL_PERSONAL_DATA = "reveal_personal_data", _("Reveal personal data, logged")
    EXPORT_DATA = "export_data", _("Export what is seen")
    IMPORT_RESPONSES = "import_responses", _("Import and undo imports")
    EXCLUDE_RESPONSES = "exclude_responses", _("Exclude and restore answers")
    ERASE_RESPONSES = "erase_responses", _("Erase answers for good")
    EDIT_SURVEYS = "edit_surveys", _("Edit surveys and links")
    EDIT_PROGRAMS = "edit_programs", _("Edit touchpoints and waves")
    EDIT_MARKERS = "edit_markers", _("Mark changes on trends")
    EDIT_METRICS = "edit_metrics", _("Edit metric owners and thresholds")
    MANAGE_ORGANISATION = "manage_organisation", _("Change the organisation's settings")
    MANAGE_PEOPLE = "manage_people", _("Invite and manage people")
    MANAGE_DEPARTMENTS = "manage_departments", _("Manage departments")
    SEE_AUDIT = "see_audit", _("See the audit log")
    EXPORT_AUDIT = "export_audit", _("Export the audit log")
    SEE_OPERATIONS = "see_operations", _("See data feeds and background work")
    MANAGE_CHANNELS = "manage_channels", _("Manage senders, templates and messages")
    SEE_CASES = "see_cases", _("See cases")
    WORK_CASES = "work_cases", _("Work on cases")
    LEAD_CASES = "lead_cases", _("Assign cases, decide between departments, verify")
    EDIT_CASE_RULES = "edit_case_rules", _("Edit alert rules, clocks and causes")
    APPROVE_REQUESTS = "approve_requests", _("Approve exports and bulk reveals")
    MANAGE_PRIVACY = "manage_privacy", _("Answer data subjects, set retention")


_P = Permission
_READ = {_P.SEE_SCORES, _P.SEE_RESPONSES, _P.SEE_CUSTOMERS}
# Whoever talks to a customer must see the number to call; each look is recorded.
_FRONTLINE = _READ | {_P.REVEAL_PERSONAL_DATA, _P.SEE_CASES, _P.WORK_CASES}
_LEADING = {_P.SEE_CASES, _P.WORK_CASES, _P.LEAD_CASES}
_RESEARCH = _READ | {
    _P.EDIT_CUSTOMERS,
    _P.EXPORT_DATA,
    _P.IMPORT_RESPONSES,
    _P.EXCLUDE_RESPONSES,
    _P.EDIT_SURVEYS,
    _P.EDIT_PROGRAMS,
    _P.EDIT_MARKERS,
    _P.SEE_OPERATIONS,
}

PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.CX_MANAGER: frozenset(
        _RESEARCH
        | _LEADING
        | {
            _P.REVEAL_PERSONAL_DATA,
            _P.EDIT_METRICS,
            _P.MANAGE_CHANNELS,
            _P.EDIT_CASE_RULES,
            _P.APPROVE_REQUESTS,
        },
    ),
    Role.RESEARCHER: frozenset(_RESEARCH | {_P.SEE_CASES}),
    Role.ANALYST: frozenset(
        _READ
        | {
            _P.SEE_CASES,
            _P.EXPORT_DATA,
            _P.IMPORT_RESPONSES,
            _P.EDIT_MARKERS,
            _P.EDIT_METRICS,
            _P.SEE_OPERATIONS,
        },
    ),
    Role.DEPT_OWNER: frozenset(
        _READ | _LEADING | {_P.EXPORT_DATA, _P.EDIT_MARKERS},
    ),
    Role.AGENT: frozenset(_FRONTLINE),
    Role.TEAM_LEAD: frozenset(_FRONTLINE | _LEADING),
    Role.GRID_MANAGER: frozenset(_FRONTLINE),
    Role.RETENTION: frozenset(_FRONTLINE),
    Role.PLANNER: frozenset({_P.SEE_SCORES, _P.EDIT_MARKERS}),
    Role.EXECUTIVE: frozenset({_P.SEE_SCORES}),
    # The officer judges validity: sees single answers, and takes out what the rules
    # exclude, but neither edits what is asked nor learns who answered.
    Role.KPI_ADMIN: frozenset(
        {
            _P.SEE_SCORES,
            _P.SEE_RESPONSES,
            _P.EXPORT_DATA,
            _P.EXCLUDE_RESPONSES,
            _P.EDIT_METRICS,
        },
    ),
    # The administrator runs the house and reads nobody's answers.
    Role.SYS_ADMIN: frozenset(
        {
            _P.MANAGE_ORGANISATION,
            _P.MANAGE_PEOPLE,
            _P.MANAGE_DEPARTMENTS,
            _P.SEE_AUDIT,
            _P.EXPORT_AUDIT,
            _P.SEE_OPERATIONS,
            _P.MANAGE_CHANNELS,
        },
    ),
    # To answer or erase at a customer's request, the officer must find the customer.
    Role.PRIVACY_OFFICER: frozenset(
        _FRONTLINE
        | {
            _P.EDIT_CUSTOMERS,
            _P.ERASE_RESPONSES,
            _P.SEE_AUDIT,
            _P.EXPORT_AUDIT,
            _P.APPROVE_REQUESTS,
            _P.MANAGE_PRIVACY,
        },
    ),
}

# Roles of people who answer for one department: pages ask for it when they are given.
# With a department, any role reaches it and what is below it; without one, everything.
DEPARTMENT_ROLES = frozenset(
    {Role.DEPT_OWNER, Role.AGENT, Role.TEAM_LEAD, Role.GRID_MANAGER},
)
