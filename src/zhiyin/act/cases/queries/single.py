"""One case as its page shows it: the customer's words first, then everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Permission, Person
from zhiyin.act.cases.models import (
    Attachment,
    Case,
    Cause,
    Compensation,
    ContactAttempt,
    HandOver,
    HandOverState,
    NeedType,
    Promise,
    Script,
)
from zhiyin.act.cases.queries.handing import pending_hand_over
from zhiyin.act.cases.queries.history import HistoryLine, history_of
from zhiyin.act.cases.queries.rows import touchpoint_names, words_of
from zhiyin.act.cases.queries.steps import (
    Step,
    may_do,
    next_step,
    other_steps,
    step_to,
)
from zhiyin.act.cases.queries.time_left import TimeLeft, time_left
from zhiyin.act.cases.queries.trees import path_of
from zhiyin.act.cases.queries.trend import Trend, trend_of
from zhiyin.common import clock
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.queries import fields_shown
from zhiyin.listen.responses.models import Answer, Response

MOST_SCRIPTS, MOST_RELATED, MOST_FIELDS = 3, 6, 8
_CLOCKS: tuple[tuple[str, str, str | Lazy], ...] = (
    ("acknowledge_by", "acknowledged_at", gettext_lazy("Acknowledge")),
    ("contact_by", "contacted_at", gettext_lazy("First contact")),
    ("resolve_by", "resolved_at", gettext_lazy("Resolve")),
)


@dataclass(frozen=True)
class ClockShown:
    """One clock with its name."""

    label: str
    left: TimeLeft


@dataclass(frozen=True)
class ScriptShown:
    """What to say, and when it fits."""

    label: str
    text: str


@dataclass(frozen=True)
class CauseShown:
    """A cause of the case with its place in the tree."""

    path: str
    playbook: str
    is_primary: bool


@dataclass(frozen=True)
class PromiseShown:
    """A promise with the time left."""

    row: Promise
    left: TimeLeft
    is_open: bool


@dataclass(frozen=True)
class RelatedCase:
    """Another case, and why it stands beside this one."""

    case: Case
    why: str


@dataclass(frozen=True)
class CaseShown:
    """Everything the page of one case shows to one person."""

    words: str
    score: Answer | None
    facts: list[tuple[str, object]]
    response_url: str
    customer_url: str
    customer_facts: list[tuple[str, object]]
    may_reveal: bool
    level_name: str
    clocks: list[ClockShown]
    step: Step | None
    steps: list[Step]
    hand_over: HandOver | None
    hand_over_steps: list[Step]
    history: list[HistoryLine]
    scripts: list[ScriptShown]
    causes: list[CauseShown]
    trend: Trend | None
    attempts: list[ContactAttempt]
    promises: list[PromiseShown]
    compensations: list[Compensation]
    attachments: list[Attachment]
    related: list[RelatedCase]


def case_shown(case: Case, person: Person) -> CaseShown:
    """Gather the page of one case."""
    hand_over = pending_hand_over(case)
    step = next_step(case, person, hand_over)
    causes = list(case.causes.select_related("cause__parent__parent"))
    primary = next((one.cause for one in causes if one.is_primary), None)
    return CaseShown(
        words=words_of(case),
        score=score_of(case),
        facts=_facts(case, person),
        response_url=_response_url(case, person),
        **_customer(case, person),
        level_name=case.level.name,
        clocks=clocks_of_case(case),
        step=step,
        steps=other_steps(case, person, step),
        hand_over=hand_over,
        hand_over_steps=_hand_over_steps(case, person, hand_over),
        history=history_of(case),
        scripts=scripts_for(case, person),
        causes=[
            CauseShown(path_of(one.cause), one.cause.playbook, one.is_primary)
            for one in causes
        ],
        trend=trend_of(primary, person) if primary else None,
        attempts=list(case.attempts.select_related("person").order_by("-at")),
        promises=_promises(case),
        compensations=list(case.compensations.all()),
        attachments=list(case.attachments.all()),
        related=_related(case, person, primary),
    )


def score_of(case: Case) -> Answer | None:
    """Return the customer's main score, with its scale."""
    if case.response is None:
        return None
    scored = case.response.answers.filter(score__isnull=False)
    return scored.order_by("-is_primary", "pk").first()


def _facts(case: Case, person: Person) -> list[tuple[str, object]]:
    names = touchpoint_names(person)
    known = (
        (_("Touchpoint"), names.get(case.touchpoint, case.touchpoint)),
        (_("Value tier"), case.value_tier),
        (_("Star tier"), case.star_tier),
        (_("Network"), case.network),
        (_("Need"), case.get_need_type_display() if case.need_type else ""),
        (_("Case owner"), case.owner or ""),
        (_("Department"), case.department or ""),
        (_("About"), case.employee),
        (_("Opened at"), f"{localtime(case.opened_at):%Y-%m-%d %H:%M}"),
        (_("Opened by"), case.get_source_display()),
        (_("Reopened"), case.reopened_count or ""),
        (_("Merged into"), case.merged_into.number if case.merged_into else ""),
    )
    return [(label, value) for label, value in known if value != ""]


def _response_url(case: Case, person: Person) -> str:
    if case.response_id is None:
        return ""
    seen = Response.objects.visible_to(person).filter(pk=case.response_id)
    return reverse("response", args=[case.response_id]) if seen.exists() else ""


def _customer(case: Case, person: Person) -> dict[str, Any]:
    customer = case.customer
    if customer is None:
        return {"customer_url": "", "customer_facts": [], "may_reveal": False}
    seen = Customer.objects.visible_to(person).filter(pk=customer.pk)
    revealable = Customer.objects.revealable_to(person).filter(pk=customer.pk)
    fields = fields_shown(customer)[:MOST_FIELDS]
    return {
        "customer_url": reverse("customer", args=[customer.pk])
        if person.may(Permission.SEE_CUSTOMERS) and seen.exists()
        else "",
        "customer_facts": [
            (_("Audience"), customer.get_audience_display()),
            *((field.label, field.value) for field in fields),
        ],
        "may_reveal": bool(customer.key_encrypted) and revealable.exists(),
    }


def clocks_of_case(case: Case) -> list[ClockShown]:
    """Return the clocks there are, running or met."""
    now = clock.now()
    shown = []
    for due, met, label in _CLOCKS:
        if getattr(case, due) is None:
            continue
        met_at = getattr(case, met)
        if met_at is None and case.closed_at is not None:
            met_at = case.closed_at
        left = time_left(
            getattr(case, due), begun_at=case.opened_at, now=now, met_at=met_at
        )
        shown.append(ClockShown(str(label), left))
    return shown


def _hand_over_steps(
    case: Case, person: Person, hand_over: HandOver | None
) -> list[Step]:
    if hand_over is None:
        return []
    wanted = (
        ["accept", "reject"] if hand_over.state == HandOverState.ASKED else ["decide"]
    )
    return [step_to(case, act) for act in wanted if may_do(case, person, act)]


def scripts_for(case: Case, person: Person) -> list[ScriptShown]:
    """Return what to say: the closest fit first; every need while it is unknown."""
    rows = Script.objects.visible_to(person).filter(is_active=True)
    rows = rows.filter(Q(level=None) | Q(level=case.level_id))
    if case.need_type:
        rows = rows.filter(need_type__in=["", case.need_type])
    fitting = sorted(
        rows,
        key=lambda one: (one.need_type == "", one.level_id is None, one.order),
    )
    needs = dict(NeedType.choices)
    return [
        ScriptShown(str(needs.get(one.need_type, "") or one), one.words)
        for one in fitting[:MOST_SCRIPTS]
    ]


def _promises(case: Case) -> list[PromiseShown]:
    now = clock.now()
    return [
        PromiseShown(
            one,
            time_left(one.due_at, begun_at=one.made_at, now=now, met_at=one.kept_at),
            one.kept_at is None,
        )
        for one in case.promises.all()
    ]


def _related(case: Case, person: Person, primary: Cause | None) -> list[RelatedCase]:
    rows = Case.objects.visible_to(person).exclude(pk=case.pk).order_by("-pk")
    found: dict[int, RelatedCase] = {}
    if case.customer_id:
        for one in rows.filter(customer=case.customer_id)[:MOST_RELATED]:
            found[one.pk] = RelatedCase(one, _("same customer"))
    if primary is not None:
        same = rows.filter(causes__cause=primary, touchpoint=case.touchpoint)
        for one in same[:MOST_RELATED]:
            found.setdefault(one.pk, RelatedCase(one, _("same cause and touchpoint")))
    return list(found.values())[:MOST_RELATED]
