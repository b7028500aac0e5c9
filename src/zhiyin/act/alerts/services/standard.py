"""The rules that most organisations begin with, switched off until somebody wants."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.accounts.models import Organisation
from zhiyin.act.alerts.models import AlertRule, OwnerStep, RuleKind, ScreeningMark
from zhiyin.act.alerts.queries.facts import EARLIER
from zhiyin.act.alerts.queries.feelings import COMPLAINT_BUT_HIGH, PRAISE_BUT_LOW
from zhiyin.act.alerts.services.screening import ensure_mark
from zhiyin.listen.customers.models import PortabilityStep
from zhiyin.listen.customers.queries.portability import kinds_of

_LEAD_FIRST = [str(OwnerStep.TEAM_LEAD), str(OwnerStep.DEPT_OWNER)]
_OWNER_FIRST = [str(OwnerStep.DEPT_OWNER), str(OwnerStep.TEAM_LEAD)]
_DETRACTOR = {"fact": "class", "op": "is", "value": "detractor"}

STANDARD: dict[str, tuple[str | Promise, dict[str, Any]]] = {
    "detractor": (
        _("Detractor after an occasion"),
        {
            "condition": {
                "all": [
                    _DETRACTOR,
                    {"fact": "stream", "op": "is", "value": "transactional"},
                ],
            },
            "owner_steps": _LEAD_FIRST,
        },
    ),
    "praise": (
        _("Praise from a promoter"),
        {
            "condition": {
                "all": [
                    {"fact": "class", "op": "is", "value": "promoter"},
                    {"fact": "sentiment", "op": "is", "value": "positive"},
                ],
            },
            "words": [
                "表扬",
                "表揚",
                "点赞",
                "點讚",
                "点个赞",
                "感谢",
                "感謝",
                "praise",
                "thank",
                "kudos",
            ],
            "owner_steps": _LEAD_FIRST,
            "level": "PR",
        },
    ),
    "contradiction": (
        _("Score and words contradict each other"),
        {
            "condition": {
                "fact": "contradiction",
                "op": "one_of",
                "value": [COMPLAINT_BUT_HIGH, PRAISE_BUT_LOW],
            },
            "owner_steps": _LEAD_FIRST,
            "level": "P4",
        },
    ),
    "repeat-detractor": (
        _("Detractor again within 90 days"),
        {
            "condition": {
                "all": [_DETRACTOR, {"fact": EARLIER, "op": "at_least", "value": 1}],
            },
            "owner_steps": _OWNER_FIRST,
            "level": "P2",
        },
    ),
    # From the application on the customer is left alone: nobody may call any more.
    "mnp-query": (
        _("Number portability asked about"),
        {
            "kind": RuleKind.EVENT,
            "event_kinds": " ".join(kinds_of(PortabilityStep.QUERIED)),
            "owner_steps": _OWNER_FIRST,
            "level": "P1",
        },
    ),
    "complaint-silence": (
        _("Silence after a complaint"),
        {
            "kind": RuleKind.SILENCE,
            "event_kinds": "complaint.archived complaint.opened",
            "silence_days": 7,
            "dedupe_days": 30,
            "owner_steps": _OWNER_FIRST,
            "level": "P2",
        },
    ),
}


def load_standard_rules(*, organisation: Organisation) -> int:
    """Add the standard rules an organisation lacks, switched off; return how many.

    A rule that is there keeps what people made of it.
    """
    rules = AlertRule.objects.of(organisation)
    there = set(rules.values_list("code", flat=True))
    missing = [code for code in STANDARD if code not in there]
    with translation.override(organisation.language):
        rows = [
            AlertRule(
                organisation=organisation,
                code=code,
                name=str(STANDARD[code][0]),
                **STANDARD[code][1],
            )
            for code in missing
        ]
    AlertRule.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def begin_with_standard_rules() -> bool:
    """Give organisations that never had a rule the standard ones, switched off.

    Their mark says that they have begun: whoever deletes the rules is not given them
    again.
    """
    known = ScreeningMark.objects.values("organisation")
    for organisation in Organisation.objects.exclude(pk__in=known):
        if not AlertRule.objects.of(organisation).exists():
            load_standard_rules(organisation=organisation)
        ensure_mark(organisation)
    return False
