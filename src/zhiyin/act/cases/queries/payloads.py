"""One case as other programs read it: through the API, and told by a webhook."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from zhiyin.act.cases.models import Case
from zhiyin.common.masking import mask_words

PLAIN = (
    "number",
    "version",
    "state",
    "customer_id",
    "response_id",
    "score",
    "touchpoint",
    "value_tier",
    "star_tier",
    "network",
    "source",
    "opened_at",
    "acknowledge_by",
    "contact_by",
    "resolve_by",
    "next_due_at",
    "acknowledged_at",
    "contacted_at",
    "resolved_at",
    "closed_at",
    "outcome",
    "need_type",
    "contact_result",
    "customer_told",
)


def with_payload(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Load with each case what its payload shows."""
    joined = rows.select_related("level", "customer", "department", "owner")
    return joined.prefetch_related("causes__cause")


def case_payload(case: Case) -> dict[str, Any]:
    """Return one case; the customer's key stays masked, times are UTC."""
    causes = list(case.causes.all())
    primary = [each.cause.code for each in causes if each.is_primary]
    return {
        "id": case.pk,
        "level": case.level.code,
        "customer": case.customer.key_masked if case.customer else "",
        "department": case.department.code if case.department else "",
        "owner": case.owner.email if case.owner else "",
        "causes": [each.cause.code for each in causes],
        "primary_cause": primary[0] if primary else "",
        "summary": mask_words(case.summary),
        "action_taken": mask_words(case.action_taken),
        **{name: getattr(case, name) for name in PLAIN},
    }
