"""Hand-overs that wait for somebody."""

from __future__ import annotations

from zhiyin.act.cases.models import Case, HandOver, HandOverState


def pending_hand_over(case: Case) -> HandOver | None:
    """Return the hand-over that waits for an answer or for a decision."""
    waiting = [HandOverState.ASKED, HandOverState.REJECTED]
    rows = case.hand_overs.filter(state__in=waiting)
    return rows.select_related("to_department", "from_department", "asked_by").first()
