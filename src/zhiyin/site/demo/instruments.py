"""The demo's questionnaires, touchpoints, waves and marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from cxstats.simulate import Truth
from zhiyin.accounts.models import Organisation, Person
from zhiyin.analyze.metrics.services import mark_change
from zhiyin.listen.programs.models import Wave
from zhiyin.listen.programs.services import (
    create_link,
    load_standard_touchpoints,
    save_wave,
)
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion
from zhiyin.listen.surveys.services import (
    create_instrument,
    create_standard_instrument,
)

TEXTS = {
    "NPS_REL": (
        "您有多大可能性将我们推荐给朋友或同事？",
        "您有多大可能會向親友或同事推薦我們？",
        "How likely are you to recommend us to a friend or colleague?",
    ),
    "NPS_TXN": (
        "基于这次体验，您有多大可能性将我们推荐给朋友或同事？",
        "根據這次體驗，您有多大可能會向親友推薦我們？",
        "Based on this experience, how likely are you to recommend us?",
    ),
    "CSAT5": (
        "总体来说，您对本次服务满意吗？",
        "整體而言，您對本次服務滿意嗎？",
        "Overall, how satisfied are you with this service?",
    ),
    "CES7": (
        "我们让您轻松地解决了问题。",
        "我們讓您輕鬆地解決了問題。",
        "We made it easy for you to handle your issue.",
    ),
    "CSAT10_COVERAGE": ("网络覆盖与信号", "網絡覆蓋與訊號", "Coverage and signal"),
    "CSAT10_SPEED": ("上网速度", "上網速度", "Data speed"),
    "CSAT10_PRICE": ("资费与套餐", "資費與方案", "Price and plan"),
    "CSAT10_SERVICE": ("服务人员", "服務人員", "Staff"),
    "CSAT10_BILLING": ("账单与扣费", "帳單與扣費", "Billing"),
    "CSAT10_BROADBAND": ("家庭宽带", "家庭寬頻", "Home broadband"),
}
LANGUAGES = ("zh-hans", "zh-hant", "en")
WAVE_NAMES = {"H1": "上半年", "H2": "下半年"}


def item_texts(code: str) -> dict[str, dict[str, str]]:
    """Return an item's wordings in every language."""
    known = TEXTS.get(code, (code, code, code))
    return {
        language: {"text": text}
        for language, text in zip(LANGUAGES, known, strict=True)
    }


def add_instruments(
    organisation: Organisation,
    asked: dict[str, list[dict[str, Any]]],
) -> dict[str, InstrumentVersion]:
    """Make a questionnaire per simulated instrument; return versions by code."""
    made = {}
    for code, items in asked.items():
        instrument = create_instrument(
            organisation=organisation,
            definition={
                "code": code,
                "name": code,
                "items": [
                    {
                        "code": item["item"],
                        "kind": item["metric"],
                        "is_primary": position == 0,
                        "scale": (item["scale_min"], item["scale_max"]),
                        "cuts": (item["detractor_max"], item["promoter_min"]),
                        "texts": item_texts(item["item"]),
                    }
                    for position, item in enumerate(items)
                ],
            },
            is_imported=True,
        )
        made[code] = instrument.versions.get()
    return made


def name_instruments(organisation: Organisation, touchpoints: dict[str, str]) -> None:
    """Give the questionnaires names people know."""
    names = {"RNPS_MOBILE": "移动关系调研", "RNPS_BB": "宽带关系调研"} | touchpoints
    for instrument in Instrument.objects.of(organisation):
        if instrument.code in names:
            instrument.name = names[instrument.code]
            instrument.save(update_fields=["name"])


def add_waves(organisation: Organisation, spans: dict[str, list[dt.date]]) -> None:
    """Add the relationship waves with the days on which they were answered."""
    for code, days in spans.items():
        year, half = code.removeprefix("RNPS-")[:4], code[-2:]
        save_wave(
            wave=Wave(
                organisation=organisation,
                code=code,
                name=f"{year}年{WAVE_NAMES.get(half, half)}关系调研",
                starts_on=min(days),
                ends_on=max(days),
            ),
        )


def add_programme(organisation: Organisation) -> None:
    """Add the standard touchpoints and one survey that can be answered at once."""
    load_standard_touchpoints(organisation=organisation)
    instrument = create_standard_instrument(organisation=organisation)
    create_link(
        organisation=organisation,
        instrument=instrument,
        name="关系NPS体验链接",
    )


def mark_intervention(person: Person, truth: Truth) -> None:
    """Mark the planted intervention on the trends."""
    planted = truth.intervention
    mark_change(
        person=person,
        on=dt.date.fromisoformat(planted.from_date),
        label="澜川省上线“当日修、慢必赔”",
        kind="intervention",
        stream="transactional",
        touchpoint=planted.touchpoint,
    )


def spans_of(
    rows: Iterable[tuple[str | None, dt.datetime]],
) -> dict[str, list[dt.date]]:
    """Return the first and last day of every wave."""
    found: dict[str, list[dt.date]] = {}
    for wave, moment in rows:
        if wave:
            span = found.setdefault(wave, [moment.date(), moment.date()])
            span[0], span[1] = min(span[0], moment.date()), max(span[1], moment.date())
    return found
