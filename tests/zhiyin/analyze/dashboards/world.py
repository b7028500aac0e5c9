"""A small operator whose answers every test of analysis knows by heart."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from zhiyin.accounts.models import Department, Organisation
from zhiyin.accounts.services import add_department
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.programs.models import Touchpoint, Wave
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item

NPS = {"kind": "nps", "scale_min": 0, "scale_max": 10, "detractor_max": 6,
       "promoter_min": 9}  # fmt: skip
CSAT = {"kind": "csat", "scale_min": 1, "scale_max": 10, "detractor_max": 6,
        "promoter_min": 9}  # fmt: skip
ASKED = {
    "relationship": ("NPS_REL", NPS, "您有多大可能推荐我们？"),
    "transactional": ("NPS_TXN", NPS, "这次体验后您会推荐我们吗？"),
    "satisfaction": ("CSAT10", CSAT, "您对我们满意吗？"),
}


def key_of(survey: str) -> str:
    """Return how an address names the series of a survey."""
    item, asked, _wording = ASKED[survey]
    stream = "transactional" if survey == "transactional" else "relationship"
    ends = f"{asked['scale_min']}~{asked['scale_max']}"
    return f"{stream}.{asked['kind']}.{item}.{ends}~6~9"


def mixed(promoters: int, passives: int, detractors: int) -> list[int]:
    """Return scores of three classes, in no order that means anything."""
    return [10] * promoters + [7] * passives + [2] * detractors


@dataclass
class World:
    """An organisation with departments, touchpoints and as many answers as asked."""

    organisation: Organisation
    departments: dict[str, Department] = field(default_factory=dict)
    versions: dict[str, InstrumentVersion] = field(default_factory=dict)

    def prepare(self) -> World:
        tree = [("hq", ""), ("east", "hq"), ("west", "hq"), ("east-1", "east"),
                ("east-2", "east"), ("west-1", "west")]  # fmt: skip
        for code, above in tree:
            self.departments[code] = add_department(
                organisation=self.organisation,
                code=code,
                name=f"{code}分部",
                parent=self.departments.get(above),
            )
        for code, name in (("hall", "营业厅"), ("repair", "宽带修障")):
            Touchpoint.objects.create(
                organisation=self.organisation, code=code, name=name
            )
        for survey, (item, asked, wording) in ASKED.items():
            instrument = Instrument.objects.create(
                organisation=self.organisation, code=survey, name=survey
            )
            version = InstrumentVersion.objects.create(instrument=instrument, number=1)
            Item.objects.create(
                version=version, code=item, position=1, is_primary=True,
                texts={"zh-hans": {"text": wording}}, **asked,
            )  # fmt: skip
            self.versions[survey] = version
        return self

    def field(self, code: str, label: str, kind: str = "category") -> AttributeField:
        return AttributeField.objects.create(
            organisation=self.organisation, code=code, label=label, kind=kind
        )

    def wave(self, code: str, days_ago: int) -> Wave:
        first = clock.now().date() - dt.timedelta(days_ago)
        return Wave.objects.create(
            organisation=self.organisation, code=code, name=f"{code}期",
            starts_on=first, ends_on=first + dt.timedelta(5),
        )  # fmt: skip

    def answer(
        self,
        scores: Iterable[float | None],
        survey: str = "transactional",
        *,
        days_ago: float = 3,
        department: str | None = None,
        **more: Any,
    ) -> list[Response]:
        """Save one response for each score, all alike otherwise."""
        item, asked, _wording = ASKED[survey]
        stream = "transactional" if survey == "transactional" else "relationship"
        usual: dict[str, Any] = {
            "responded_at": clock.now() - dt.timedelta(days=days_ago),
            "touchpoint": "hall" if survey == "transactional" else "",
            "department": self.departments.get(department or ""),
        }
        scores = list(scores)
        made = Response.objects.bulk_create(
            Response(
                organisation=self.organisation,
                instrument_version=self.versions[survey],
                stream=stream,
                **(usual | more),
            )
            for _score in scores
        )
        Answer.objects.bulk_create(
            Answer(response=row, item=item, is_primary=True, score=score, **asked)
            for row, score in zip(made, scores, strict=True)
        )
        return made

    def sync(self) -> None:
        sync_organisation(organisation=self.organisation)


def shown_score(html: str) -> str:
    """Return the large number of a page's first score."""
    found = re.search(r'zy-score-value">\s*([^<\s]+)', html)
    assert found, "the page shows no score"
    return found[1]


def shown_n(html: str) -> str:
    """Return the n beside a page's first score."""
    found = re.search(r">n ([\d,]+)<", html)
    assert found, "the page shows no n"
    return found[1]
