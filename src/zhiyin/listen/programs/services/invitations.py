"""Personal links: made for a list of customers, shown once, kept as hashes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.services import record
from zhiyin.common import clock
from zhiyin.listen.contacts.models import ContactDecision, Verdict
from zhiyin.listen.contacts.services import Purpose, decide_contacts, note_answer
from zhiyin.listen.customers.models import FieldKind
from zhiyin.listen.customers.services import (
    ensure_fields,
    get_or_create_customers,
    normalise_key,
    sift,
    withdraw_customer,
)
from zhiyin.listen.programs.models import Invitation, SurveyLink
from zhiyin.listen.programs.queries import programme_of, token_hash
from zhiyin.listen.programs.services.lifecycle_queues import empty_queues

# 16 random bytes are 128 bits: no address can be found by trying.
TOKEN_BYTES = 16
MOST_AT_ONCE = 10_000
KEY_HEADERS = {"customer", "customer_key", "key", "phone", "mobile", "email"} | {
    "客户",
    "客户标识",
    "客戶",
    "手机号",
    "手机号码",
    "手機號碼",
    "号码",
    "電話",
    "电话",
}
DATE_HEADERS = {"date", "日期"}
BATCH = 900


@dataclass(frozen=True)
class Invitee:
    """One customer to ask, by their key, with what is known when they are asked."""

    key: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonalLinks:
    """The tokens of freshly made links, and who was left out by which rule."""

    tokens: Sequence[tuple[Invitee, str]]
    refused: Sequence[tuple[Invitee, ContactDecision]]
    repeated: int


def _header(row: list[str]) -> list[str] | None:
    first = row[0].strip().casefold()
    return [name.strip() for name in row] if first in KEY_HEADERS else None


def read_invitees(text: str) -> list[Invitee]:
    """Read a pasted or uploaded list: one key per line, or CSV with a header.

    The first column is the customer's key. Further columns need a header (whose
    first name is `customer`, `phone`, 手机号 or alike) and are recorded with the
    answer. Raises ValueError naming the line that cannot be used.
    """
    sample = text.lstrip("\ufeff")
    delimiter = "\t" if "\t" in sample.partition("\n")[0] else ","
    rows = [
        (number, row)
        for number, row in enumerate(
            csv.reader(io.StringIO(sample), delimiter=delimiter),
            start=1,
        )
        if any(cell.strip() for cell in row)
    ]
    header = _header(rows[0][1]) if rows else None
    if header:
        rows = rows[1:]
    if not rows:
        raise ValueError(_("The list is empty: put one customer key on each line."))
    if len(rows) > MOST_AT_ONCE:
        raise ValueError(
            _("At most %(limit)s customers at once; received %(count)s.")
            % {"limit": MOST_AT_ONCE, "count": len(rows)},
        )
    return [_invitee(number, row, header) for number, row in rows]


def _invitee(number: int, row: list[str], header: list[str] | None) -> Invitee:
    if header is None and len(row) > 1:
        raise ValueError(
            _(
                "Line %(line)s has %(count)s columns but the list has no header. Begin "
                "with a line such as: customer,city,date",
            )
            % {"line": number, "count": len(row)},
        )
    try:
        key = normalise_key(row[0])
    except ValueError as error:
        raise ValueError(
            _("Line %(line)s: %(problem)s") % {"line": number, "problem": error},
        ) from error
    names = (header or [""])[1:]
    pairs = zip(names, row[1:], strict=False)
    return Invitee(key, {name: cell.strip() for name, cell in pairs if name and cell})


def _codes(link: SurveyLink, invitees: Iterable[Invitee]) -> dict[str, str]:
    """Return the stable code of every column; a date keeps the code wordings use."""
    named_once = dict.fromkeys(name for each in invitees for name in each.attributes)
    labels = list(sift(link.organisation_id, named_once)[0])
    named = ["date" if label in DATE_HEADERS else label for label in labels]
    fields = ensure_fields(
        organisation=link.organisation,
        fields=[(label, FieldKind.CATEGORY, False) for label in named],
    )
    return {label: known.code for label, known in zip(labels, fields, strict=True)}


@transaction.atomic
def create_invitations(
    *,
    link: SurveyLink,
    invitees: Sequence[Invitee],
    expires_at: dt.datetime | None = None,
    language: str = "",
) -> PersonalLinks:
    """Make one personal link per customer and return the tokens, this once.

    Only the tokens' hashes are kept. The contact policy decides for each customer and
    its decisions are logged; a key that stands in the list again is left out.
    """
    # Of a key that stands in the list twice, the first line counts.
    unique = {each.key: each for each in reversed(invitees)}
    ids = get_or_create_customers(organisation=link.organisation, keys=unique)
    decisions = decide_contacts(
        organisation=link.organisation,
        customers=list(ids.values()),
        purpose=purpose_of(link, expires_at),
    )
    codes = _codes(link, unique.values())
    now = clock.now()
    tokens: list[tuple[Invitee, str]] = []
    refused: list[tuple[Invitee, ContactDecision]] = []
    rows: list[Invitation] = []
    for key, each in unique.items():
        decision = decisions[ids[key]]
        if decision.verdict != Verdict.ALLOWED:
            refused.append((each, decision))
            continue
        token = secrets.token_urlsafe(TOKEN_BYTES)
        tokens.append((each, token))
        rows.append(
            Invitation(
                organisation_id=link.organisation_id,
                link=link,
                token_hash=token_hash(token),
                customer_id=ids[key],
                language=language,
                department_id=link.department_id,
                attributes={
                    codes[name]: text
                    for name, text in each.attributes.items()
                    if name in codes
                },
                created_at=now,
                expires_at=expires_at,
            ),
        )
    Invitation.objects.bulk_create(rows, batch_size=BATCH)
    record(
        action="invitations.created",
        target=link,
        made=len(rows),
        refused=len(refused),
    )
    return PersonalLinks(
        tokens=tokens,
        refused=refused,
        repeated=len(invitees) - len(unique),
    )


def purpose_of(link: SurveyLink, expires_at: dt.datetime | None) -> Purpose:
    """Say what a personal link asks; when it reaches the customer is not ours."""
    return Purpose(
        stream=link.stream,
        programme=programme_of(link),
        channel=link.channel,
        expires_at=expires_at,
        sends_now=False,
    )


def clock_of(invitation: Invitation) -> str:
    """Return the name under which the policy keeps this invitation's clock."""
    programme = invitation.programme
    return programme.code if programme else programme_of(invitation.link)


def note_response(*, invitation: Invitation, at: dt.datetime) -> None:
    """Record that a personal link was answered."""
    invitation.answered_at = at
    invitation.save(update_fields=["answered_at"])
    if invitation.customer_id is not None:
        programme = clock_of(invitation)
        note_answer(customer_id=invitation.customer_id, programme=programme, at=at)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation) -> None:
    """Record that the customer wants no more questions, from this link on.

    What waits for the customer in any queue does not leave any more.
    """
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
    customer = invitation.customer
    if customer is None:
        return
    withdraw_customer(
        customer=customer,
        source=invitation.channel,
        evidence=invitation.message_key,
    )
    note_answer(
        customer_id=customer.pk,
        programme=clock_of(invitation),
        at=clock.now(),
        declined=True,
    )
    empty_queues(organisation=invitation.organisation_id, customers=[customer.pk])
