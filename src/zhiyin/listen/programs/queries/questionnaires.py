"""Which standard questionnaire asks what a programme wants to know."""

from __future__ import annotations

from collections.abc import Sequence

from zhiyin.listen.programs.models import Programme
from zhiyin.listen.surveys.queries.standard import load_standard

OF_METRICS = {
    "NPS_TXN": "nps-transactional",
    "NPS_PRODUCT": "nps-product",
    "CSAT5": "csat5",
    "CES7": "ces7",
    "NPS_REL": "rnps",
    "ENPS": "enps",
    "NPS_DEALER": "nps-dealer",
}


def instrument_codes(code: str, metrics: Sequence[str]) -> list[str]:
    """Return the codes to look for: the touchpoint's own, then the first metric's."""
    own = code.lower().replace("_", "-")
    return [own, *(OF_METRICS[one] for one in metrics[:1] if one in OF_METRICS)]


def standard_questionnaire(programme: Programme) -> str:
    """Return the code of the standard questionnaire of a programme, or ""."""
    metrics = programme.plan.get("metrics") or []
    for code in instrument_codes(programme.code, metrics):
        try:
            load_standard(code)
        except ValueError:
            continue
        return code
    return ""
