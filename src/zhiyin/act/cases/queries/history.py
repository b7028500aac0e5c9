"""What was done with a case, line by line, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.act.cases.models import Case, CaseComment, CaseEvent, State

MOST_LINES = 300
COMMENTED = "comment"
KINDS: dict[str, str | Promise] = {
    "opened": gettext_lazy("Case opened"),
    "moved": gettext_lazy("Moved"),
    "owner": gettext_lazy("New owner"),
    "department": gettext_lazy("New department"),
    "level": gettext_lazy("Level changed"),
    "acknowledged": gettext_lazy("Acknowledged"),
    "contact": gettext_lazy("Contact with the customer"),
    "facts": gettext_lazy("Facts recorded"),
    "causes": gettext_lazy("Causes recorded"),
    "promise": gettext_lazy("Promise made"),
    "promise_kept": gettext_lazy("Promise kept"),
    "promise_broken": gettext_lazy("Promise not kept in time"),
    "customer_told": gettext_lazy("Customer updated"),
    "telling_failed": gettext_lazy("Message to the customer failed"),
    "hand_over_asked": gettext_lazy("Hand-over asked"),
    "hand_over_accepted": gettext_lazy("Hand-over accepted"),
    "hand_over_rejected": gettext_lazy("Hand-over rejected"),
    "hand_over_decided": gettext_lazy("Hand-over decided"),
    "hand_over_withdrawn": gettext_lazy("Hand-over withdrawn"),
    "hand_over_late": gettext_lazy("Hand-over not answered in time"),
    "escalated": gettext_lazy("Escalated"),
    "merged_from": gettext_lazy("Another case was merged into this one"),
    "compensated": gettext_lazy("Compensation"),
    "attached": gettext_lazy("File attached"),
    "alert": gettext_lazy("Another alert joined"),
    "undone": gettext_lazy("Undone"),
}


@dataclass(frozen=True)
class HistoryLine:
    """One thing that was done; `who` is empty for what the clock did."""

    at: dt.datetime
    title: str
    who: str
    text: str = ""
    is_comment: bool = False


def _title(event: CaseEvent) -> str:
    label = str(KINDS.get(event.kind, event.kind.replace("_", " ")))
    states = dict(State.choices)
    if event.from_state and event.to_state and event.from_state != event.to_state:
        return _("%(what)s: %(old)s → %(new)s") % {
            "what": label,
            "old": states.get(event.from_state, event.from_state),
            "new": states.get(event.to_state, event.to_state),
        }
    return label


def _line(event: CaseEvent) -> HistoryLine:
    who = str(event.actor) if event.actor else _("the clock")
    return HistoryLine(event.at, _title(event), who, event.text)


def _remark(comment: CaseComment) -> HistoryLine:
    return HistoryLine(
        comment.at,
        _("Internal note"),
        str(comment.person or ""),
        comment.text,
        is_comment=True,
    )


def history_of(case: Case) -> list[HistoryLine]:
    """Return what was done, the newest first."""
    events = case.events.exclude(kind=COMMENTED).select_related("actor")
    lines = [_line(one) for one in events.order_by("-at", "-pk")[:MOST_LINES]]
    comments = case.comments.select_related("person").order_by("-at", "-pk")
    lines += [_remark(one) for one in comments[:MOST_LINES]]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST_LINES]


def last_event(case: Case) -> int:
    """Return the number of the journal's last line, to see what came after it."""
    return case.events.order_by("-pk").values_list("pk", flat=True).first() or 0


def since(case: Case, event_id: int) -> list[HistoryLine]:
    """Return what was done after a line of the journal, the earliest first."""
    events = case.events.filter(pk__gt=event_id).select_related("actor")
    return [_line(one) for one in events.order_by("pk")[:MOST_LINES]]
