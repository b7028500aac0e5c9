"""The one gate of exports: many rows, or customers in clear, need a second person.

Every view and operation that hands out a file calls `open_export` before the first
line. Where the law of two persons asks for it and no approval is at hand, it raises
ApprovalNeededError; a page then asks for a reason, and the API says how to ask.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhiyin.accounts.models import (
    Approval,
    ApprovalState,
    Content,
    ExportRecord,
    Organisation,
    Permission,
    Person,
)
from zhiyin.accounts.queries import approvals_waiting_for
from zhiyin.accounts.queries.requests import person_of
from zhiyin.accounts.services.audit import record
from zhiyin.common import clock
from zhiyin.common.confidential import encrypt, keyed_hash, mask
from zhiyin.common.numbers import pack_numbers

SHORTEST_REASON = 4
# Rows come in while a request waits; beyond this it is another export.
GROWTH = 1.1
LARGEST_ID = 2**63 - 1
_SALT = "zhiyin.accounts.exports"
_WISH_SECONDS = 3600
_NOT_OF_THE_REQUEST = frozenset({"approval", "csrfmiddlewaretoken", "purpose"})
# What people type to find somebody, a number perhaps, is shown masked.
_TYPED = frozenset({"q", "search", "words", "key"})


@dataclass(frozen=True, kw_only=True)
class WantedExport:
    """What somebody wants to take out.

    `kind` is the audit log's action. `customers` gives the numbers of the customers
    inside, rising. Rows one brought oneself need nobody's approval.
    """

    kind: str
    rows: int
    content: Content = Content.MASKED
    customers: models.QuerySet[Any, Any] | None = None
    target: models.Model | None = None
    is_own: bool = False
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def is_counted(self) -> bool:
        """Tell whether it holds customers that somebody did not bring along."""
        return bool(self.rows) and not self.is_own and self.content != Content.NONE

    def needs_approval(self, organisation: Organisation, before: int = 0) -> bool:
        """Tell whether a second person has to agree.

        `before` is how many rows the same person took shortly before: a list taken in
        pieces is as large as the whole.
        """
        is_large = self.rows + before > organisation.export_limit_rows
        return self.is_counted and (is_large or self.content == Content.CLEAR)


class ApprovalNeededError(Exception):
    """The export waits for a second person; `wish` is what to ask with."""

    def __init__(
        self, wanted: WantedExport, wish: str, problem: str, before: int
    ) -> None:
        super().__init__(problem)
        self.wanted = wanted
        self.before = before
        self.wish = wish
        self.problem = problem


def open_export(request: HttpRequest, wanted: WantedExport) -> ExportRecord:
    """Enter an export in the register, or raise ApprovalNeededError.

    An approval is good for the very request it was given for, within its time, once.
    """
    person = person_of(request)
    packed = _packed(wanted)
    with transaction.atomic():
        before = rows_taken_lately(person, is_locking=True) if wanted.is_counted else 0
        approval = None
        if wanted.needs_approval(person.organisation, before):
            approval = _claim(request, person, wanted, before)
        count, customers = packed
        made = ExportRecord.objects.create(
            organisation=person.organisation,
            at=clock.now(),
            by=person,
            kind=wanted.kind,
            content=wanted.content,
            filters=_shown(request),
            rows=wanted.rows,
            is_counted=wanted.is_counted and approval is None,
            purpose=approval.reason if approval else _given(request, "purpose")[:300],
            recipient=approval.recipient if approval else "",
            approval=approval,
            customers=count,
            customers_packed=customers,
        )
        record(
            action=wanted.kind,
            actor=person,
            target=wanted.target or made,
            reason=made.purpose,
            rows=wanted.rows,
            export=made.number,
            **({"approval": approval.pk} if approval else {}),
            **wanted.detail,
        )
    return made


def rows_taken_lately(person: Person, *, is_locking: bool = False) -> int:
    """Return how many rows a person took alone within the organisation's window.

    Two exports at once are counted one after the other where `is_locking`.
    """
    if is_locking:
        Person.objects.select_for_update().filter(pk=person.pk).values("pk").first()
    since = clock.now() - dt.timedelta(hours=person.organisation.export_window_hours)
    mine = ExportRecord.objects.of(person.organisation).filter(
        by=person, at__gt=since, is_counted=True
    )
    return mine.order_by().aggregate(total=models.Sum("rows"))["total"] or 0


def _packed(wanted: WantedExport) -> tuple[int | None, bytes]:
    if wanted.customers is None:
        return None, b""
    return pack_numbers(wanted.customers.iterator(chunk_size=5000))


def _claim(
    request: HttpRequest, person: Person, wanted: WantedExport, before: int
) -> Approval:
    """Use an approval up, by a conditional update: two clicks use it once."""
    given = _given(request, "approval")
    known = Approval.objects.of(person.organisation).filter(asked_by=person)
    number = int(given) if given.isdecimal() else 0
    found = known.filter(pk=number).first() if 0 < number <= LARGEST_ID else None
    problem = _problem(found, request, wanted) if given else ""
    if found is not None and not problem:
        now = clock.now()
        still = known.filter(
            pk=found.pk, state=ApprovalState.APPROVED, use_until__gt=now
        )
        if still.update(
            state=ApprovalState.USED,
            used_at=now,
            uses=models.F("uses") + 1,
            request_encrypted=b"",
        ):
            return found
        problem = _("This approval has been used already.")
    raise ApprovalNeededError(wanted, _wish(request, person, wanted), problem, before)


def _problem(found: Approval | None, request: HttpRequest, wanted: WantedExport) -> str:
    if found is None:
        return _("There is no such approval of yours.")
    if found.state == ApprovalState.USED:
        return _("This approval has been used already.")
    if not found.is_usable:
        return _("This approval cannot be used: %(state)s.") % {
            "state": found.standing_label
        }
    is_same = found.digest == _digest(request, found.organisation_id)
    is_alike = found.content == wanted.content and wanted.rows <= found.rows * GROWTH
    if not is_same or not is_alike:
        return _("This approval was given for another export.")
    return ""


def _given(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name) or request.GET.get(name) or "").strip()


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return every parameter of the request, in one order."""
    return sorted(
        (name, value)
        for given in (request.GET, request.POST)
        for name, values in given.lists()
        for value in values
        if name not in _NOT_OF_THE_REQUEST
    )


def _address(request: HttpRequest) -> str:
    pairs = _pairs(request)
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path


def _digest(request: HttpRequest, organisation_id: int) -> str:
    return keyed_hash(organisation_id, f"{request.method} {_address(request)}")


def _shown(request: HttpRequest) -> dict[str, str]:
    return {
        name: mask(value) if name in _TYPED else value[:200]
        for name, value in _pairs(request)
        # What is in clear is said by the content already.
        if value and name != "clear"
    }


def _wish(request: HttpRequest, person: Person, wanted: WantedExport) -> str:
    return signing.dumps(
        {
            "person": person.pk,
            "kind": wanted.kind,
            "content": wanted.content,
            "rows": wanted.rows,
            "filters": _shown(request),
            "method": request.method,
            "address": _address(request),
            "digest": _digest(request, person.organisation_id),
        },
        salt=_SALT,
        compress=True,
    )


@transaction.atomic
def ask_approval(*, by: Person, wish: str, reason: str, recipient: str) -> Approval:
    """Ask a second person for the export that a page or the API refused."""
    try:
        wanted = signing.loads(wish, salt=_SALT, max_age=_WISH_SECONDS)
    except signing.BadSignature as error:
        text = _("This request is too old. Start the export again.")
        raise ValidationError(text) from error
    if wanted.pop("person") != by.pk:
        raise PermissionDenied
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError(
            _("Give a reason of at least %(count)s characters; it is recorded.")
            % {"count": SHORTEST_REASON},
        )
    now = clock.now()
    waiting = Approval.objects.of(by.organisation_id).waiting()
    twin = waiting.filter(asked_by=by, digest=wanted["digest"]).first()
    if twin is not None:
        return twin
    address = wanted.pop("address")
    asked = Approval.objects.create(
        organisation=by.organisation,
        asked_by=by,
        reason=reason.strip()[:300],
        recipient=recipient.strip()[:120],
        asked_at=now,
        expires_at=now + dt.timedelta(hours=by.organisation.approval_wait_hours),
        request_encrypted=encrypt(address),
        **wanted,
    )
    record(
        action="approval.asked",
        actor=by,
        target=asked,
        reason=asked.reason,
        kind=asked.kind,
        rows=asked.rows,
        content=asked.content,
    )
    return asked


def may_decide(person: Person, approval: Approval) -> bool:
    """Tell whether this person may decide: another one, who reaches as far."""
    if person.organisation_id != approval.organisation_id:
        return False
    if person.pk == approval.asked_by_id:
        return False
    return can_approve(person, approval.asked_by)


def count_waiting_approvals(person: Person) -> int:
    """Return how many requests wait for this person's decision."""
    return sum(may_decide(person, each) for each in approvals_waiting_for(person))


def can_approve(person: Person, asker: Person) -> bool:
    """Tell whether a person reaches everything that the asker reaches."""
    if not person.may(Permission.APPROVE_REQUESTS):
        return False
    mine, theirs = person.reach(Permission.APPROVE_REQUESTS), asker.reach()
    if mine is None:
        return True
    if theirs is None:
        return False
    return all(any(path.startswith(root) for root in mine) for path in theirs)


@transaction.atomic
def decide_approval(
    *, approval: Approval, by: Person, approves: bool, note: str = ""
) -> Approval:
    """Approve or refuse; raises ValidationError when that is no longer possible."""
    if not may_decide(by, approval):
        raise PermissionDenied(_("Another person has to decide on this request."))
    if not approves and not note.strip():
        raise ValidationError(_("Say why it is refused."))
    now = clock.now()
    window = dt.timedelta(minutes=approval.organisation.approval_use_minutes)
    state = ApprovalState.APPROVED if approves else ApprovalState.REFUSED
    open_still = Approval.objects.of(approval.organisation_id).waiting()
    done = open_still.filter(pk=approval.pk).update(
        state=state,
        decided_by=by,
        decided_at=now,
        note=note.strip()[:300],
        use_until=now + window if approves else None,
        **({} if approves else {"request_encrypted": b""}),
    )
    if not done:
        raise ValidationError(_("This request has been decided or has expired."))
    approval.refresh_from_db()
    record(
        action=f"approval.{state}",
        actor=by,
        target=approval,
        reason=approval.note,
        kind=approval.kind,
        rows=approval.rows,
        asked_by=approval.asked_by_id,
    )
    return approval


def expire_approvals() -> bool:
    """Close what time has overtaken; return whether there was any."""
    now = clock.now()
    late = models.Q(state=ApprovalState.ASKED, expires_at__lte=now)
    late |= models.Q(state=ApprovalState.APPROVED, use_until__lte=now)
    over = list(Approval.objects.filter(late)[:100])
    for each in over:
        with transaction.atomic():
            same = Approval.objects.filter(pk=each.pk, state=each.state)
            if same.update(state=ApprovalState.EXPIRED, request_encrypted=b""):
                record(action="approval.expired", target=each, was=each.state)
    return bool(over)
