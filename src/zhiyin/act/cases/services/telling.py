"""Telling colleagues about cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiyin.accounts.models import Person
from zhiyin.act.cases.models import Case
from zhiyin.act.notices.queries.kinds import register_kind
from zhiyin.act.notices.services import Telling, notify_many

ASSIGNED, ESCALATED, HANDED, VERIFYING = (
    "case.assigned",
    "case.escalated",
    "case.hand_over",
    "case.to_verify",
)


def register_kinds() -> None:
    """Name what people are told of cases."""
    register_kind(ASSIGNED, gettext_lazy("A case became mine"))
    register_kind(ESCALATED, gettext_lazy("A case runs out of time"), is_essential=True)
    register_kind(HANDED, gettext_lazy("A hand-over to answer or to decide"))
    register_kind(VERIFYING, gettext_lazy("A case to verify"))


def case_url(case: Case) -> str:
    """Return the address of a case's page."""
    return f"/act/cases/{case.pk}/"


def tell(
    people: Iterable[Person | None],
    *,
    kind: str,
    key: str,
    case: Case,
    words: Callable[[], str] | Promise | str,
) -> None:
    """Tell people something of a case, once per key; who has left is not told."""
    notify_many(kind=kind, tellings=[_telling(people, key, case, words)])


def _telling(
    people: Iterable[Person | None],
    key: str,
    case: Case,
    words: Callable[[], str] | Promise | str,
) -> Telling:
    def title() -> str:
        text = words() if callable(words) else words
        return f"{case.level.code} {case.number} · {text}"

    return Telling(
        people=[person for person in people if person is not None],
        key=f"case.{case.pk}.{key}",
        title=title,
        text=case.summary,
        url=case_url(case),
    )


def tell_owner(case: Case, *, by: Person | None) -> None:
    """Tell the owner that the case is theirs, unless they took it themselves."""
    tell_owners([case], by=by)


def tell_owners(cases: Iterable[Case], *, by: Person | None) -> None:
    """Tell owners that these cases are theirs, except what they took themselves."""
    tellings = [
        _telling([case.owner], f"assigned.{case.version}", case, _yours)
        for case in cases
        if case.owner is not None and case.owner != by
    ]
    notify_many(kind=ASSIGNED, tellings=tellings)


def _yours() -> str:
    return _("is yours now")
