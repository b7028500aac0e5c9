"""Every answer is looked at once it is given, and again when it was changed.

A task reads on from the organisation's mark. Matches are worked out first and
written under the mark's lock; the mark moves last. So a run can be killed anywhere
and made twice: what it meets again has a key that is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.act.alerts.models import AlertRule, RuleKind, ScreeningMark, WaitingAnswer
from zhiyin.act.alerts.queries.changes import changed_since, horizon_now
from zhiyin.act.alerts.queries.facts import facts_of, with_facts
from zhiyin.act.alerts.queries.matching import facts_wanted, matches
from zhiyin.act.alerts.queries.owners import OwnerBook
from zhiyin.act.alerts.services.raising import Match, forget_matches, raise_alerts
from zhiyin.common import clock
from zhiyin.listen.responses.models import Response

# Written in one transaction: few, so that whoever writes answers does not wait.
BATCH = 100
# An answer that is being given is looked at when it has rested so long.
PATIENCE = dt.timedelta(minutes=10)
# Older answers are history (an import, a correction) and not news.
FRESH = dt.timedelta(days=14)


def screen_answers() -> bool:
    """Raise what the answers written since the last look are to raise."""
    organisations = AlertRule.objects.live().filter(kind=RuleKind.ANSWER)
    numbers = set(organisations.order_by().values_list("organisation", flat=True))
    worked = [_screen(number) for number in sorted(numbers)]
    return any(worked)


def ensure_mark(organisation: Organisation | int) -> ScreeningMark:
    """Return up to where answers were screened; a new mark begins now."""
    number = organisation if isinstance(organisation, int) else organisation.pk
    mark, _is_new = ScreeningMark.objects.get_or_create(
        organisation_id=number,
        defaults={"horizon": horizon_now(), "begun_at": clock.now()},
    )
    return mark


def _screen(organisation_id: int) -> bool:
    mark = ensure_mark(organisation_id)
    now = clock.now()
    changed = changed_since(organisation_id, mark.horizon, now - FRESH)
    rested = list(
        WaitingAnswer.objects.filter(
            response__organisation=organisation_id, due_at__lte=now
        ).values_list("response", flat=True)[:BATCH]
    )
    if changed.ids or rested:
        screening = _Screening.of(organisation_id)
        for start in range(0, len(changed.ids), BATCH):
            screening.screen(changed.ids[start : start + BATCH], has_rested=False)
        screening.screen(rested, has_rested=True)
    if changed.horizon != mark.horizon:
        # Where somebody else was quicker their mark stands; looking twice is no harm.
        ScreeningMark.objects.filter(pk=mark.pk, horizon=mark.horizon).update(
            horizon=changed.horizon,
            screened_at=now,
        )
    return bool(changed.ids or rested)


@dataclass(frozen=True)
class _Screening:
    """The rules of one organisation and its people, for one run."""

    organisation_id: int
    rules: Sequence[AlertRule]
    wanted: set[str]
    book: OwnerBook

    @classmethod
    def of(cls, organisation_id: int) -> _Screening:
        """Read rules and people as they are now."""
        live = AlertRule.objects.of(organisation_id).live()
        rules = list(live.filter(kind=RuleKind.ANSWER))
        return cls(
            organisation_id,
            rules,
            facts_wanted(rules),
            OwnerBook.of(organisation_id),
        )

    def screen(self, ids: Sequence[int], *, has_rested: bool) -> None:
        """Look at some answers, and write down what they raise."""
        if not ids:
            return
        rows = list(with_facts(Response.objects.filter(pk__in=ids)).order_by("pk"))
        ready = [each for each in rows if has_rested or each.completed_at is not None]
        found = self._matches([each for each in ready if _counts(each)])
        waiting = [] if has_rested else [each for each in rows if not each.completed_at]
        with transaction.atomic():
            # Taken for the lock: one worker at a time raises for an organisation.
            ScreeningMark.objects.select_for_update().get(
                organisation=self.organisation_id
            )
            raise_alerts(
                organisation_id=self.organisation_id,
                matches=found,
                book=self.book,
            )
            looked_at = [each.pk for each in ready]
            forget_matches(
                response_ids=looked_at,
                matched={f"{each.rule.pk}:{each.key}" for each in found},
                rules=[each.pk for each in self.rules],
            )
            WaitingAnswer.objects.filter(response__in=looked_at).delete()
            _wait_for(waiting)

    def _matches(self, responses: Sequence[Response]) -> list[Match]:
        facts = facts_of(responses, self.wanted)
        return [
            Match(rule, response=response)
            for response in responses
            for rule in self.rules
            if rule.on_since is not None
            and response.received_at >= rule.on_since
            and matches(rule, facts[response.pk])
        ]


def _counts(response: Response) -> bool:
    """Tell whether an answer is a customer's and counts."""
    customer = response.customer
    is_ours = customer is not None and (customer.is_test or customer.is_staff)
    return not response.excluded and not is_ours


def _wait_for(responses: Sequence[Response]) -> None:
    due_at = clock.now() + PATIENCE
    WaitingAnswer.objects.bulk_create(
        [WaitingAnswer(response=each, due_at=due_at) for each in responses],
        update_conflicts=True,
        unique_fields=["response"],
        update_fields=["due_at"],
    )
