"""What can be done with a case now, and which of it is the next step.

Legal is what the table of states allows and the person's permissions cover; the
order below says which legal step a case needs first.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Permission, Person
from zhiyin.act.cases.models import Case, HandOver, HandOverState, State, may_move


@dataclass(frozen=True)
class Step:
    """One thing a person may do with one case."""

    act: str
    label: str | Promise
    url: str
    is_primary: bool = True


LABELS: dict[str, str | Promise] = {
    "take": _("Take it on"),
    "acknowledge": _("Acknowledge"),
    "contact": _("Log a contact"),
    "causes": _("Record causes"),
    "need": _("What the customer needs"),
    "level": _("Change the level"),
    "progress": _("Back to work"),
    "wait-customer": _("Wait for the customer"),
    "wait-department": _("Wait for a department"),
    "resolve": _("Record the solution"),
    "explain": _("Explain and promise"),
    "promise": _("Make a promise"),
    "keep": _("Promise kept"),
    "tell": _("Update the customer"),
    "hand-over": _("Hand over"),
    "accept": _("Accept"),
    "reject": _("Reject"),
    "decide": _("Arbitrate"),
    "withdraw": _("Withdraw the hand-over"),
    "unreachable": _("Customer cannot be reached"),
    "no-contact": _("Customer wants no contact"),
    "verify": _("Verify"),
    "send-back": _("Send back to work"),
    "close": _("Close"),
    "reopen": _("Reopen"),
    "assign": _("Assign the case"),
    "merge": _("Merge into another case"),
    "compensate": _("Record compensation"),
    "attach": _("Attach a file"),
    "comment": _("Add a note"),
}

LEADING = frozenset({"assign", "decide", "verify", "send-back", "level"})
"""Acts for people who lead cases; everything else is for whoever works on them."""

# The state an act leads to, where it leads to one.
_LEADS_TO: dict[str, str] = {
    "progress": State.IN_PROGRESS,
    "wait-customer": State.WAITING_CUSTOMER,
    "wait-department": State.WAITING_DEPARTMENT,
    "resolve": State.RESOLVED,
    "explain": State.EXPLAINED_PENDING,
    "unreachable": State.UNREACHABLE,
    "no-contact": State.NO_CONTACT_REQUESTED,
    "verify": State.VERIFIED,
    "close": State.CLOSED,
    "reopen": State.REOPENED,
    "merge": State.MERGED,
}
_WHILE_OPEN = (
    "causes",
    "need",
    "level",
    "promise",
    "tell",
    "compensate",
    "attach",
    "comment",
)
_TALKING = frozenset(
    {
        State.ASSIGNED,
        State.CONTACTING,
        State.CONTACTED,
        State.IN_PROGRESS,
        State.WAITING_CUSTOMER,
        State.WAITING_DEPARTMENT,
        State.EXPLAINED_PENDING,
        State.UNREACHABLE,
        State.REOPENED,
    },
)
_WAITING = frozenset({HandOverState.ASKED, HandOverState.REJECTED})
_MENU = (
    "contact",
    "causes",
    "need",
    "resolve",
    "explain",
    "promise",
    "tell",
    "progress",
    "wait-customer",
    "wait-department",
    "hand-over",
    "assign",
    "level",
    "compensate",
    "attach",
    "unreachable",
    "no-contact",
    "verify",
    "send-back",
    "close",
    "merge",
    "reopen",
)


def step_to(case: Case, act: str, *, is_primary: bool = True) -> Step:
    """Return the step to an act's page."""
    url = reverse("case-lead" if act in LEADING else "case-do", args=[case.pk, act])
    return Step(act, LABELS[act], url, is_primary)


def is_legal(case: Case, act: str) -> bool:
    """Tell whether the case's state allows an act."""
    state = case.state
    if act in _LEADS_TO:
        return may_move(state, _LEADS_TO[act])
    if act in {"take", "acknowledge"}:
        return case.is_open and case.acknowledged_at is None
    if act == "contact":
        return state in _TALKING
    if act == "hand-over":
        return case.is_open and case.offered_to_id is None
    if act == "send-back":
        return state == State.RESOLVED
    if act in {"accept", "reject", "decide", "withdraw"}:
        return case.offered_to_id is not None
    if act == "comment":
        return True
    return case.is_open if act in {*_WHILE_OPEN, "assign", "keep"} else False


def may_do(case: Case, person: Person, act: str) -> bool:
    """Tell whether this person may do this with the case as it is now."""
    needed = Permission.LEAD_CASES if act in LEADING else Permission.WORK_CASES
    return person.may(needed) and is_legal(case, act)


def next_act(case: Case, person: Person, hand_over: HandOver | None) -> str:
    """Return the step this case needs next of this person; "" where there is none."""
    if hand_over is not None and hand_over.state in _WAITING:
        return _answer_to(hand_over, person)
    if case.state == State.NEW:
        return "assign" if _only_leads(case, person) else "take"
    if case.acknowledged_at is None and case.owner_id == person.pk:
        return "acknowledge"
    if case.contacted_at is None and case.state in _TALKING:
        return "contact"
    return _BY_STATE.get(case.state, "")


_BY_STATE: dict[str, str] = {
    State.ASSIGNED: "contact",
    State.REOPENED: "contact",
    State.CONTACTING: "contact",
    State.CONTACTED: "resolve",
    State.IN_PROGRESS: "resolve",
    State.WAITING_CUSTOMER: "progress",
    State.WAITING_DEPARTMENT: "progress",
    State.RESOLVED: "close",
    State.EXPLAINED_PENDING: "tell",
    State.VERIFIED: "close",
    State.UNREACHABLE: "close",
    State.NO_CONTACT_REQUESTED: "close",
}


def _only_leads(case: Case, person: Person) -> bool:
    """Tell whether somebody else has to do the work: a leader gives it away."""
    return person.may(Permission.LEAD_CASES) and case.owner_id is None


def _answer_to(hand_over: HandOver, person: Person) -> str:
    if hand_over.state == HandOverState.REJECTED:
        return "decide" if person.may(Permission.LEAD_CASES) else ""
    paths = person.reach(Permission.WORK_CASES)
    is_asked = paths is None or any(
        hand_over.to_department.path.startswith(path) for path in paths
    )
    return "accept" if is_asked else ""


def next_step(case: Case, person: Person, hand_over: HandOver | None) -> Step | None:
    """Return the one button of a case for this person."""
    act = next_act(case, person, hand_over)
    if act == "close" and _needs_verifier(case):
        act = "verify"
    if not act or not may_do(case, person, act):
        return None
    return step_to(case, act)


def _needs_verifier(case: Case) -> bool:
    return case.state == State.RESOLVED and case.is_about_owner


def other_steps(case: Case, person: Person, but: Step | None) -> list[Step]:
    """Return what else may be done now, for the menu."""
    first = but.act if but else ""
    acts = (act for act in _MENU if act != first and may_do(case, person, act))
    return [step_to(case, act, is_primary=False) for act in acts]
