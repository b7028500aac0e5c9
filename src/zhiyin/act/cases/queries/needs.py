"""What a case still lacks: facts before closing, attempts before giving up."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Organisation
from zhiyin.act.cases.models import (
    AttemptResult,
    Case,
    CaseSettings,
    ContactAttempt,
    DayPart,
    Outcome,
)

FACTS: dict[str, str | Words] = {
    "cause": _("a cause of the second level"),
    "action_taken": _("the action taken"),
    "outcome": _("the outcome"),
    "need_type": _("what the customer needed"),
    "contact_result": _("the result of the contact"),
    "customer_told": _("whether the customer was told"),
    "promise": _("the promise kept"),
    "verifier": _("somebody other than the owner who verified it"),
}
SECOND_LEVEL = 2
NOON, EVENING = 12, 18
# Where nobody could be asked, nobody knows what the customer needed.
_UNASKED = frozenset({Outcome.UNREACHABLE, Outcome.NO_CONTACT})


def settings_of(organisation: Organisation | int) -> CaseSettings:
    """Return the organisation's settings of cases, the usual ones where it has none."""
    found = CaseSettings.objects.of(organisation).first()
    pk = organisation if isinstance(organisation, int) else organisation.pk
    return found or CaseSettings(organisation_id=pk)


def missing_facts(case: Case) -> list[str]:
    """Return what has to be there before the case can be closed, by its names."""
    if not case.level.needs_facts:
        return []
    lacks = {
        "cause": not case.causes.filter(
            is_primary=True, cause__level__gte=SECOND_LEVEL
        ).exists(),
        "action_taken": not case.action_taken.strip(),
        "outcome": not case.outcome,
        "need_type": not case.need_type and case.outcome not in _UNASKED,
        "contact_result": not case.contact_result,
        "customer_told": case.customer_told is None,
        "promise": case.promises.filter(kept_at=None).exists(),
        "verifier": case.is_about_owner and case.verified_at is None,
    }
    return [name for name, is_lacking in lacks.items() if is_lacking]


def day_part(at: dt.datetime, time_zone: str) -> str:
    """Return the part of the customer's day in which a moment lies."""
    hour = at.astimezone(zoneinfo.ZoneInfo(time_zone)).hour
    if hour < NOON:
        return DayPart.MORNING
    return DayPart.AFTERNOON if hour < EVENING else DayPart.EVENING


def was_tried_enough(
    attempts: Sequence[ContactAttempt], settings: CaseSettings
) -> bool:
    """Tell whether enough attempts in enough parts of the day lie close together.

    `attempts` are in order; only those after the customer was last reached count.
    """
    reached = [
        place
        for place, each in enumerate(attempts)
        if each.result == AttemptResult.REACHED
    ]
    tries = attempts[reached[-1] + 1 :] if reached else attempts
    within = dt.timedelta(hours=settings.attempts_within_hours)
    for place, first in enumerate(tries):
        close = [each for each in tries[place:] if each.at - first.at <= within]
        parts = {each.day_part for each in close}
        if (
            len(close) >= settings.attempts_needed
            and len(parts) >= settings.day_parts_needed
        ):
            return True
    return False


def may_be_unreachable(case: Case) -> bool:
    """Tell whether the customer may be said not to be reachable."""
    attempts = list(case.attempts.order_by("at", "pk"))
    return was_tried_enough(attempts, settings_of(case.organisation_id))
