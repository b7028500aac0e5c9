"""The end of a case: causes and facts, an answer, verifying, closing, reopening."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import (
    Case,
    CaseCause,
    Cause,
    ContactResult,
    NeedType,
    Outcome,
    Promise,
    State,
    may_move,
)
from zhiyin.act.cases.queries.needs import (
    FACTS,
    SECOND_LEVEL,
    missing_facts,
    settings_of,
)
from zhiyin.act.cases.queries.owners import arbiters, leads_of, owner_for
from zhiyin.act.cases.services.owning import acknowledge_by_working, refuse_over
from zhiyin.act.cases.services.suppressing import (
    ask_customer_again,
    leave_customer_alone,
)
from zhiyin.act.cases.services.telling import VERIFYING, tell, tell_owner
from zhiyin.act.cases.services.timing import set_clocks
from zhiyin.act.cases.services.working import set_outcome, words
from zhiyin.act.cases.services.writing import CaseError, Draft, changing


class MissingFactsError(CaseError):
    """A case lacks what it takes to close it; `missing` names the facts."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        names = _(", ").join(str(FACTS[name]) for name in missing)
        super().__init__(_("To close this case, record first: %s.") % names)


@dataclass(frozen=True)
class Facts:
    """What closing asks for; None leaves what is there as it is."""

    need_type: str | None = None
    action_taken: str | None = None
    contact_result: str | None = None
    customer_told: bool | None = None

    def put_on(self, draft: Draft) -> None:
        """Write what was given on the case, and say in its journal what changed."""
        changed: dict[str, Any] = {}
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value is None or value == getattr(draft.case, name):
                continue
            if choices is not None and value not in choices:
                raise CaseError(
                    _("“%(value)s” cannot be recorded as %(fact)s.")
                    % {"value": value, "fact": FACTS[name]},
                )
            kept = words(value) if isinstance(value, str) else value
            setattr(draft.case, name, kept)
            changed[name] = kept
        if changed:
            draft.note("facts", **changed)


_CHOICES: dict[str, list[str] | None] = {
    "need_type": [*NeedType.values, ""],
    "action_taken": None,
    "contact_result": [*ContactResult.values, ""],
    "customer_told": None,
}
NO_FACTS = Facts()


def record_facts(
    *, case: Case, by: Person | None, facts: Facts, version: int | None = None
) -> Case:
    """Write down what is known so far."""
    with changing(case, by=by, version=version, action="case.facts_recorded") as draft:
        refuse_over(draft.case)
        facts.put_on(draft)
    return case


def record_causes(
    *,
    case: Case,
    by: Person | None,
    causes: Sequence[Cause],
    primary: Cause,
    version: int | None = None,
) -> Case:
    """Say why it happened: several causes, one of them the primary one."""
    wanted = {cause.pk: cause for cause in [primary, *causes]}
    with changing(case, by=by, version=version, action="case.causes_recorded") as draft:
        refuse_over(draft.case)
        _refuse_causes(draft.case, list(wanted.values()), primary)
        CaseCause.objects.filter(case=draft.case).delete()
        CaseCause.objects.bulk_create(
            CaseCause(
                case=draft.case,
                cause=cause,
                is_primary=cause == primary,
                recorded_at=draft.at,
                recorded_by=by,
            )
            for cause in wanted.values()
        )
        codes = [cause.code for cause in wanted.values()]
        draft.note("causes", primary=primary.code, causes=codes)
    return case


def _refuse_causes(case: Case, causes: Sequence[Cause], primary: Cause) -> None:
    kept = set(case.causes.values_list("cause_id", flat=True))
    for cause in causes:
        is_ours = cause.organisation_id == case.organisation_id
        if not is_ours or not (cause.is_active or cause.pk in kept):
            raise CaseError(_("The cause “%s” is not in use.") % cause)
    if primary.level < SECOND_LEVEL:
        raise CaseError(
            _("“%s” is a whole field. Choose a cause of the second level or below.")
            % primary,
        )


def resolve_case(
    *,
    case: Case,
    by: Person | None,
    facts: Facts = NO_FACTS,
    version: int | None = None,
) -> Case:
    """Say that the problem is solved, and how."""
    with changing(case, by=by, version=version, action="case.resolved") as draft:
        acknowledge_by_working(draft)
        facts.put_on(draft)
        if not draft.case.action_taken:
            raise CaseError(_("Say what was done to solve it."))
        draft.go(State.RESOLVED)
        draft.case.resolved_at = draft.at
        draft.case.outcome = Outcome.RESOLVED
        draft.case.next_update_at = None
    _ask_to_verify(case)
    return case


def _ask_to_verify(case: Case) -> None:
    """Tell somebody else that a case judged about its owner waits for them."""
    if not case.is_about_owner:
        return
    people = leads_of(case.department) if case.department else []
    others = [each for each in people if each != case.owner]
    if not others:
        others = [one for one in arbiters(case.organisation_id) if one != case.owner]
    tell(
        [case.verifier] if case.verifier else others,
        kind=VERIFYING,
        key=f"verify.{case.version}",
        case=case,
        words=lambda: _("waits to be verified"),
    )


@dataclass(frozen=True)
class Pledge:
    """What is promised to a customer, until when, and how often they hear of it."""

    text: str
    due_at: dt.datetime
    update_every_days: int | None = None


def explain_case(
    *,
    case: Case,
    by: Person | None,
    pledge: Pledge,
    facts: Facts = NO_FACTS,
    version: int | None = None,
) -> Promise:
    """Say that it cannot be solved now: explained, with a promise and regular news.

    This is not a solution: the case stays open until the promise is kept.
    """
    with changing(case, by=by, version=version, action="case.explained") as draft:
        acknowledge_by_working(draft)
        facts.put_on(draft)
        made = add_promise(draft, pledge)
        draft.go(State.EXPLAINED_PENDING)
        kept = draft.case
        usual = settings_of(kept.organisation_id).update_every_days
        kept.update_every_days = pledge.update_every_days or usual
        kept.next_update_at = draft.at + dt.timedelta(kept.update_every_days)
        kept.explained_at = draft.at
        kept.outcome = Outcome.EXPLAINED
    return made


def add_promise(draft: Draft, pledge: Pledge) -> Promise:
    """Write down a promise; refuses one without words or in the past."""
    text = words(pledge.text, needed=_("Say what the customer was promised."))
    if pledge.due_at <= draft.at:
        raise CaseError(
            _("A promise lies in the future; received %s.")
            % f"{pledge.due_at:%Y-%m-%d %H:%M}",
        )
    made = Promise.objects.create(
        case=draft.case,
        text=text,
        due_at=pledge.due_at,
        made_at=draft.at,
        made_by=draft.by,
    )
    draft.note("promise", text, promise=made.pk, due=pledge.due_at.isoformat())
    return made


def verify_case(
    *, case: Case, by: Person, note: str = "", version: int | None = None
) -> Case:
    """Confirm the answer; never the owner, whose work it is."""
    with changing(case, by=by, version=version, action="case.verified") as draft:
        _refuse_own(draft.case, by)
        draft.go(State.VERIFIED, words(note))
        draft.case.verifier = by
        draft.case.verified_at = draft.at
    return case


def _refuse_own(case: Case, by: Person) -> None:
    if case.owner_id == by.pk:
        raise CaseError(
            _("You own this case: somebody else has to verify what was done."),
        )


def refuse_verification(
    *, case: Case, by: Person, note: str, version: int | None = None
) -> Case:
    """Send a case back to work, with what is missing."""
    with changing(case, by=by, version=version, action="case.sent_back") as draft:
        _refuse_own(draft.case, by)
        draft.go(State.IN_PROGRESS, words(note, needed=_("Say what is missing.")))
        set_outcome(draft)
    tell_owner_sent_back(case, by)
    return case


def tell_owner_sent_back(case: Case, by: Person) -> None:
    """Tell the owner that the case came back."""
    tell(
        [case.owner if case.owner != by else None],
        kind=VERIFYING,
        key=f"sent_back.{case.version}",
        case=case,
        words=lambda: _("was sent back"),
    )


def close_case(
    *,
    case: Case,
    by: Person | None,
    facts: Facts = NO_FACTS,
    version: int | None = None,
) -> Case:
    """Close a case that has all its facts; its customer may be asked again."""
    with changing(case, by=by, version=version, action="case.closed") as draft:
        facts.put_on(draft)
        kept = draft.case
        if not kept.level.needs_facts:
            _hurry(draft)
        missing = missing_facts(kept)
        if missing:
            raise MissingFactsError(missing)
        draft.go(State.CLOSED, outcome=kept.outcome)
        kept.closed_at = draft.at
        kept.next_update_at = None
        ask_customer_again(kept)
    return case


def _hurry(draft: Draft) -> None:
    """Praise is passed on and done: it takes the states of a talk at one step."""
    if may_move(draft.case.state, State.CLOSED):
        return
    acknowledge_by_working(draft)
    draft.go_through(State.IN_PROGRESS, State.RESOLVED)
    if draft.case.state == State.RESOLVED:
        draft.case.resolved_at = draft.case.resolved_at or draft.at
        draft.case.outcome = Outcome.RESOLVED


def reopen_case(
    *, case: Case, by: Person | None, reason: str, version: int | None = None
) -> Case:
    """Open a closed case again: its owner, else the fallback, and fresh clocks."""
    with changing(case, by=by, version=version, action="case.reopened") as draft:
        kept = draft.case
        text = words(reason, needed=_("Say why the case is opened again."))
        before = {
            name: getattr(kept, name).isoformat() if getattr(kept, name) else None
            for name in ("resolve_by", "resolved_at", "explained_at", "closed_at")
        }
        draft.go(State.REOPENED, text, outcome=kept.outcome, **before)
        kept.closed_at = None
        kept.outcome, kept.contact_result, kept.customer_told = "", "", None
        kept.resolved_at = kept.explained_at = kept.verified_at = None
        kept.reopened_count += 1
        kept.reopened_at = draft.at
        kept.owner = owner_for(kept.organisation_id, kept.department, kept.owner)
        set_clocks(kept, draft.at, ("resolve",))
        if kept.contacted_at is None:
            set_clocks(kept, draft.at, ("contact",))
        leave_customer_alone(kept)
    tell_owner(case, by=by)
    return case
