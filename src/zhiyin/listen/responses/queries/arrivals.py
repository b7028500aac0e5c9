"""What is known of somebody who answers, before the first question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhiyin.listen.programs.models import Invitation, SurveyLink


@dataclass(frozen=True)
class Arrival:
    """How somebody came to a questionnaire, and for whom the answer is counted."""

    channel: str = ""
    customer_id: int | None = None
    department_id: int | None = None
    employee: str = ""
    # The printed code that was scanned, for its count.
    code: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


def arrival_of(
    link: SurveyLink,
    invitation: Invitation | None,
    arrival: Arrival | None,
) -> Arrival:
    """Return what an answer records: from the invitation, the arrival, or the link."""
    if invitation is not None:
        return Arrival(
            channel=invitation.channel or link.channel,
            customer_id=invitation.customer_id,
            department_id=invitation.department_id,
            employee=invitation.employee,
            attributes=invitation.attributes,
        )
    known = arrival or Arrival()
    return Arrival(
        channel=known.channel or link.channel,
        customer_id=known.customer_id,
        department_id=known.department_id or link.department_id,
        employee=known.employee,
        attributes=known.attributes,
    )
