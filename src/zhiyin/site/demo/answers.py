"""Simulated answers as operational rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
from django.db import transaction

from cxstats.schema import ATTRIBUTE_PREFIX
from zhiyin.accounts.models import Department, Organisation
from zhiyin.listen.customers.models import AttributeField, FieldKind
from zhiyin.listen.customers.services import class_of, get_or_create_customers
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import InstrumentVersion

CHUNK = 1000
SOURCE = "demo"
# What the simulated columns are called, and whether they are operational data.
FIELDS: dict[str, tuple[str, bool]] = {
    "region": ("省份", False),
    "city": ("城市", False),
    "district": ("区县", False),
    "grid": ("网格", False),
    "product": ("产品", False),
    "network": ("网络制式", True),
    "plan": ("套餐", True),
    "star": ("客户星级", True),
    "value_tier": ("价值等级", True),
    "tenure_months": ("在网月数", True),
    "age_band": ("年龄段", False),
    "arpu": ("ARPU(元)", True),
    "mou": ("MOU(分钟)", True),
    "dou": ("DOU(GB)", True),
    "overage": ("套外费用(元)", True),
    "complaints_90d": ("90天投诉次数", True),
    "complaint_resolved": ("投诉已解决", True),
    "arrears": ("欠费", True),
    "terminal": ("终端档次", True),
    "home_broadband": ("家庭宽带", True),
    "drop_count": ("掉话次数", True),
    "mos_poor_count": ("MOS质差次数", True),
    "silent_days": ("静默天数", True),
    "consent": ("同意联系", False),
    "employee": ("服务人员", True),
}


class Loader:
    """Turns simulated tables into customers, responses and answers."""

    def __init__(
        self,
        organisation: Organisation,
        versions: dict[str, InstrumentVersion],
        places: dict[str, Department],
        schema: pa.Schema,
    ) -> None:
        self.organisation = organisation
        self.versions = versions
        self.places = places
        codes = [
            name.removeprefix(ATTRIBUTE_PREFIX)
            for name in schema.names
            if name.startswith(ATTRIBUTE_PREFIX)
        ]
        # The simulator's own codes: its truth names the same columns as the lake.
        AttributeField.objects.bulk_create(
            AttributeField(
                organisation=organisation,
                code=code,
                label=FIELDS[code][0],
                kind=FieldKind.NUMBER
                if pa.types.is_floating(schema.field(f"a_{code}").type)
                else FieldKind.CATEGORY,
                is_operational=FIELDS[code][1],
                **class_of(str(FIELDS[code][0])),
            )
            for code in codes
        )
        self.codes = codes

    def load(self, answers: pa.Table, ratings: pa.Table, phones: dict[str, str]) -> int:
        """Insert the responses of one simulated batch; return how many."""
        further: dict[int, list[dict[str, Any]]] = {}
        for row in ratings.to_pylist():
            further.setdefault(row["response_id"], []).append(row)
        rows = iter(answers.to_pylist())
        count = 0
        while chunk := list(islice(rows, CHUNK)):
            with transaction.atomic():
                self._insert(chunk, further, phones)
            count += len(chunk)
        return count

    def _insert(
        self,
        chunk: list[dict[str, Any]],
        further: dict[int, list[dict[str, Any]]],
        phones: dict[str, str],
    ) -> None:
        keys = {phones[row["customer"]] for row in chunk}
        customers = get_or_create_customers(organisation=self.organisation, keys=keys)
        made = Response.objects.bulk_create(
            self._response(row, customers[phones[row["customer"]]]) for row in chunk
        )
        Answer.objects.bulk_create(
            answer
            for response, row in zip(made, chunk, strict=True)
            for answer in self._answers(response, row, further)
        )

    def _response(self, row: dict[str, Any], customer_id: int) -> Response:
        attributes = {
            code: row[f"a_{code}"]
            for code in self.codes
            if row[f"a_{code}"] is not None
        }
        place = self.places.get(row["a_employee"] or "") or self.places.get(
            row["a_grid"]
        )
        return Response(
            organisation=self.organisation,
            instrument_version=self.versions[row["instrument"]],
            customer_id=customer_id,
            department=place,
            responded_at=row["responded_at"].replace(tzinfo=dt.UTC),
            stream=row["stream"],
            touchpoint=row["touchpoint"] or "",
            wave=row["wave"] or "",
            channel=row["channel"] or "",
            language=(row["language"] or "").lower(),
            weight=row["weight"],
            stratum=row["stratum"] or "",
            cluster=row["cluster"] or "",
            comment=row["comment"] or "",
            attributes=attributes,
            excluded=row["excluded"] or "",
            source=SOURCE,
            source_key=f"{SOURCE}:{row['response_id']}",
        )

    def _answers(
        self,
        response: Response,
        row: dict[str, Any],
        further: dict[int, list[dict[str, Any]]],
    ) -> Iterator[Answer]:
        for position, one in enumerate([row, *further.get(row["response_id"], [])]):
            yield Answer(
                response=response,
                item=one["item"],
                kind=one["metric"],
                is_primary=position == 0,
                score=one["score"],
                scale_min=one["scale_min"],
                scale_max=one["scale_max"],
                detractor_max=one["detractor_max"],
                promoter_min=one["promoter_min"],
            )
