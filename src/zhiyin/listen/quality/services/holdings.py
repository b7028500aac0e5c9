"""What this app holds of a customer: remarks on answers that were checked."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.listen.customers.services import (
    DataSubject,
    Held,
    Wish,
    register_personal_data,
)
from zhiyin.listen.quality.models import AuditCase, CleaningHit


def _checked(subject: DataSubject) -> QuerySet[AuditCase]:
    return AuditCase.objects.filter(response__customer_id=subject.customer_id)


def collect_checks(subject: DataSubject) -> Iterator[Held]:
    """Yield what came of checking the customer's answers."""
    for case in _checked(subject):
        fields = {_("result"): case.get_result_display(), _("remark"): case.note}
        yield Held(case.checked_at, _("Your answer was checked"), fields)


@transaction.atomic
def erase_checks(subject: DataSubject, _wish: Wish) -> int:
    """Take the remarks; the results stay as counts."""
    hits = CleaningHit.objects.filter(response__customer_id=subject.customer_id)
    hits.update(detail="")
    return _checked(subject).update(note="")


def register_places() -> None:
    """Say what is held here."""
    register_personal_data(
        "checks",
        label=gettext_lazy("Checked answers"),
        collect=collect_checks,
        erase=erase_checks,
        stays=gettext_lazy("the results without remarks"),
    )
