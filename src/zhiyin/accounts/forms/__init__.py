"""Forms of accounts: what people type, checked at the door."""

from __future__ import annotations

from zhiyin.accounts.forms.audit import AuditFilterForm
from zhiyin.accounts.forms.control import (
    AskForm,
    DecisionForm,
    ExportLimitsForm,
    RegisterFilterForm,
)
from zhiyin.accounts.forms.departments import (
    DepartmentFileForm,
    DepartmentForm,
    MoveDepartmentForm,
    NewDepartmentForm,
)
from zhiyin.accounts.forms.organisations import OrganisationForm, ThresholdsForm
from zhiyin.accounts.forms.people import (
    AcceptInvitationForm,
    GrantForm,
    InvitationForm,
    PeopleFilterForm,
)
from zhiyin.accounts.forms.profile import ProfileForm, TokenForm

__all__ = [
    "AcceptInvitationForm",
    "AskForm",
    "AuditFilterForm",
    "DecisionForm",
    "DepartmentFileForm",
    "DepartmentForm",
    "ExportLimitsForm",
    "GrantForm",
    "InvitationForm",
    "MoveDepartmentForm",
    "NewDepartmentForm",
    "OrganisationForm",
    "PeopleFilterForm",
    "ProfileForm",
    "RegisterFilterForm",
    "ThresholdsForm",
    "TokenForm",
]
