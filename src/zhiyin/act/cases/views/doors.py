"""Who may open the pages of cases, and which case an address means."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.act.cases.models import Case
from zhiyin.common.access import permission_required

may_see = permission_required(Permission.SEE_CASES)
may_work = permission_required(Permission.WORK_CASES)
may_lead = permission_required(Permission.LEAD_CASES)
may_edit_rules = permission_required(Permission.EDIT_CASE_RULES)

SHOWN_WITH = ("level", "customer", "owner", "department", "response", "offered_to")


def case_of(request: HttpRequest, pk: int) -> Case:
    """Return a case this person may know of, or 404."""
    rows = Case.objects.visible_to(person_of(request)).select_related(*SHOWN_WITH)
    return get_object_or_404(rows, pk=pk)
