"""Which law holds for an organisation, and what it says until somebody changed it."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiyin.listen.customers.models import (
    AnswerUnit,
    Jurisdiction,
    JurisdictionCode,
    MarketingRule,
)

_TO_CONFIRM = _(
    "Defaults of this program, to be confirmed by counsel: hours to tell the authority "
    "and the persons."
)
STANDARD: dict[str, dict[str, Any]] = {
    JurisdictionCode.CN: {
        "answer_length": 15,
        "change_length": 15,
        "authority_hours": 24,
        "persons_hours": 72,
        "opt_out_hans": "拒收请回复R",
        "opt_out_hant": "拒收請回覆R",
        "opt_out_en": "Reply R to opt out",
    },
    JurisdictionCode.HK: {
        "answer_length": 40,
        "change_length": 40,
        "opt_out_hans": "免费拒收请回复R",
        "opt_out_hant": "免費拒收請回覆R",
        "opt_out_en": "Reply R to opt out, free of charge",
    },
    JurisdictionCode.TW: {
        "answer_length": 15,
        "change_length": 30,
        "opt_out_hans": "免费拒绝行销请回复R",
        "opt_out_hant": "免費拒絕行銷請回覆R",
        "opt_out_en": "Reply R to refuse marketing, free of charge",
    },
    JurisdictionCode.EU: {
        "unit": AnswerUnit.MONTHS,
        "answer_length": 1,
        "change_length": 1,
        "minor_age": 16,
        "opt_out_hans": "您可随时反对，回复R即可",
        "opt_out_hant": "您可隨時反對，回覆R即可",
        "opt_out_en": "You may object at any time: reply R",
    },
}
_NOTES: dict[str, str | Promise] = {
    JurisdictionCode.CN: _TO_CONFIRM,
    JurisdictionCode.HK: _TO_CONFIRM,
    JurisdictionCode.TW: _TO_CONFIRM,
    JurisdictionCode.EU: _(
        "Defaults of this program, to be confirmed by counsel: hours to tell the "
        "persons, and the age, which member states may lower to 13."
    ),
}


def standard_of(organisation_id: int, code: str) -> Jurisdiction:
    """Return what a law says before anybody changed it; not saved."""
    return Jurisdiction(
        organisation_id=organisation_id,
        code=code,
        note=str(_NOTES[code]),
        **STANDARD[JurisdictionCode(code)],
    )


def jurisdiction_of(organisation_id: int) -> Jurisdiction:
    """Return the law in force for an organisation; the mainland's before any choice."""
    rows = Jurisdiction.objects.of(organisation_id).filter(is_in_force=True)
    found = rows.first()
    return found or standard_of(organisation_id, JurisdictionCode.CN)


def jurisdictions_of(organisation_id: int) -> list[Jurisdiction]:
    """Return every law as the organisation reads it."""
    kept = {row.code: row for row in Jurisdiction.objects.of(organisation_id)}
    if not any(row.is_in_force for row in kept.values()):
        usual = kept.setdefault(
            JurisdictionCode.CN, standard_of(organisation_id, JurisdictionCode.CN)
        )
        usual.is_in_force = True
    return [
        kept.get(code) or standard_of(organisation_id, code)
        for code in JurisdictionCode.values
    ]


def marketing_needs_yes(organisation_id: int) -> bool:
    """Tell whether a customer who said nothing is sent no marketing."""
    return jurisdiction_of(organisation_id).marketing == MarketingRule.NEEDS_YES
