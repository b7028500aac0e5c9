"""What customers are given in return."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Person
from zhiyin.accounts.services import record
from zhiyin.act.cases.models import Case, CaseEvent, Compensation, CompensationKind
from zhiyin.act.cases.services.working import words
from zhiyin.act.cases.services.writing import CaseError
from zhiyin.common import clock

MOST = Decimal("9999999999.99")
_CURRENCY = re.compile(r"^[A-Z]{3}$")


@dataclass(frozen=True)
class Gift:
    """What a customer is given: its kind, its worth, and why."""

    kind: str
    amount: Decimal | str
    reason: str
    currency: str = "CNY"


@transaction.atomic
def record_compensation(*, case: Case, by: Person | None, gift: Gift) -> Compensation:
    """Write down what the customer was given in return."""
    if gift.kind not in CompensationKind.values:
        raise CaseError(_("“%s” is no kind of compensation.") % gift.kind)
    if not _CURRENCY.match(gift.currency):
        raise CaseError(
            _("A currency has three letters, such as CNY; received “%s”.")
            % gift.currency,
        )
    made = Compensation.objects.create(
        case=case,
        kind=gift.kind,
        amount=_amount(gift.amount),
        currency=gift.currency,
        reason=words(gift.reason, needed=_("Give the reason of the compensation."))[
            :300
        ],
        person=by,
        at=clock.now(),
    )
    CaseEvent.objects.create(
        case=case,
        at=made.at,
        actor=by,
        kind="compensated",
        text=made.reason,
        detail={"amount": str(made.amount), "currency": made.currency},
    )
    record(action="case.compensated", actor=by, target=case, amount=str(made.amount))
    return made


def _amount(given: Decimal | str) -> Decimal:
    try:
        amount = Decimal(str(given)).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise CaseError(_("An amount is a number; received “%s”.") % given) from error
    if not 0 <= amount <= MOST:
        raise CaseError(_("An amount is not less than nought; received “%s”.") % given)
    return amount
