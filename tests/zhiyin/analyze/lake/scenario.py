"""A small survey, answers to it, and what the lake must show of them.

`expected_rows` reads through the models, one row at a time, and shares nothing with
the sync but the rules it was written from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from zhiyin.accounts.models import Department, Organisation
from zhiyin.analyze.lake.queries.manifest import read_manifest
from zhiyin.analyze.lake.queries.places import dataset_folder
from zhiyin.listen.customers.models import AttributeField, Customer
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item

START = dt.datetime(2026, 1, 31, 23, 59, 59, 123456, tzinfo=dt.UTC)
SCORED = ("nps", "csat", "ces")


@dataclass
class Survey:
    organisation: Organisation
    version: InstrumentVersion
    department: Department

    def respond(self, score: float | None = 9, **changes: Any) -> Response:
        """Save one response with a main answer and a satisfaction answer."""
        satisfaction = changes.pop("satisfaction", 4.0)
        texts = changes.pop("texts", ())
        response = Response.objects.create(**{**self.blank(), **changes})
        answers = [Answer(response=response, item="why", kind="text", text=text)
                   for text in texts[:1]]  # fmt: skip
        answers += [
            Answer(response=response, item=f"more{n}", kind="text", text=text)
            for n, text in enumerate(texts[1:])
        ]
        if satisfaction is not None:
            answers.append(
                Answer(response=response, item="csat", kind="csat", score=satisfaction,
                       scale_min=1, scale_max=5),
            )  # fmt: skip
        if score is not None:
            answers.append(main_answer(response, score))
        Answer.objects.bulk_create(answers)
        return response

    def blank(self) -> dict[str, Any]:
        return {
            "organisation": self.organisation,
            "instrument_version": self.version,
            "department": self.department,
            "responded_at": START,
            "stream": "relationship",
        }

    def respond_many(self, count: int, **changes: Any) -> list[Response]:
        """Save many plain responses over twelve months, quickly."""
        made = Response.objects.bulk_create(
            [
                Response(
                    **{
                        **self.blank(),
                        "responded_at": START + dt.timedelta(days=n % 365),
                        "attributes": {"region": f"区{n % 7}", "arpu": n % 90},
                        **changes,
                    },
                )
                for n in range(count)
            ],
            batch_size=2000,
        )
        Answer.objects.bulk_create(
            [main_answer(response, n % 11) for n, response in enumerate(made)],
            batch_size=2000,
        )
        return made


def double(times: int) -> None:
    """Double all responses some times over, each copy with the same main answer."""
    names = [
        field.column for field in Response._meta.concrete_fields if field.name != "id"
    ]
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute(
                f"INSERT INTO responses_response ({columns}) "
                f"SELECT {columns} FROM responses_response"
            )
        cursor.execute(
            "INSERT INTO responses_answer (response_id, item, kind, is_primary, score, "
            "text, choices, scale_min, scale_max, detractor_max, promoter_min) "
            "SELECT r.id, 'nps', 'nps', true, r.id % 11, '', '[]', 0, 10, 6, 9 "
            "FROM responses_response r WHERE NOT EXISTS "
            "(SELECT 1 FROM responses_answer a WHERE a.response_id = r.id)"
        )


def main_answer(response: Response, score: float) -> Answer:
    return Answer(
        response=response, item="nps", kind="nps", is_primary=True, score=score,
        scale_min=0, scale_max=10, detractor_max=6, promoter_min=9,
    )  # fmt: skip


def make_survey(organisation: Organisation, code: str = "relationship") -> Survey:
    department = Department.objects.create(
        organisation=organisation, code="hq", name="总部"
    )
    Department.objects.filter(pk=department.pk).update(path=f"/{department.pk}/")
    department.refresh_from_db()
    version = InstrumentVersion.objects.create(
        instrument=Instrument.objects.create(
            organisation=organisation, code=code, name="关系调查"
        ),
        number=3,
    )
    Item.objects.create(
        version=version, code="nps", position=1, kind="nps", is_primary=True,
        scale_min=0, scale_max=10, detractor_max=6, promoter_min=9,
    )  # fmt: skip
    return Survey(organisation, version, department)


def register_field(organisation: Organisation, code: str, kind: str) -> AttributeField:
    return AttributeField.objects.create(
        organisation=organisation, code=code, label=code, kind=kind
    )


def make_customer(organisation: Organisation, number: int) -> Customer:
    return Customer.objects.create(
        organisation=organisation,
        key_hash=f"{number:064x}",
        key_masked="138****0000",
        key_encrypted=b"",
    )


def lake_table(organisation: Organisation | int) -> pa.Table | None:
    """Return every row of the files that the manifest lists."""
    key = organisation if isinstance(organisation, int) else organisation.pk
    manifest = read_manifest(key)
    if manifest is None or not manifest.files:
        return None
    folder = dataset_folder(key)
    tables = [pq.read_table(folder / file.path) for file in manifest.files]
    return pa.concat_tables(tables, promote_options="default")


def lake_rows(organisation: Organisation | int) -> list[dict[str, Any]]:
    """Return the rows of the lake without empty columns, in a fixed order."""
    table = lake_table(organisation)
    rows = table.to_pylist() if table is not None else []
    return ordered({k: v for k, v in row.items() if v is not None} for row in rows)


def expected_rows(organisation: Organisation | int) -> list[dict[str, Any]]:
    """Return what the lake must hold, read through the models."""
    key = organisation if isinstance(organisation, int) else organisation.pk
    kinds = dict(
        AttributeField.objects.filter(organisation_id=key).values_list("code", "kind")
    )
    responses = (
        Response.objects.filter(organisation_id=key)
        .select_related("instrument_version__instrument", "customer", "department")
        .prefetch_related("answers")
    )
    return ordered(row for response in responses for row in _rows(response, kinds))


def _rows(response: Response, kinds: dict[str, str]) -> Iterable[dict[str, Any]]:
    answers = sorted(response.answers.all(), key=lambda each: each.pk)
    scored = [answer for answer in answers if answer.kind in SCORED]
    scored.sort(key=lambda answer: not answer.is_primary)
    words = [response.comment] if response.comment else []
    words += [
        answer.text
        for answer in answers
        if answer.kind in {"text", "choice"}
        and answer.text
        and answer.text not in response.comment
    ]
    common = _common(response, kinds)
    if not scored and words:
        yield {
            **common, "comment": "\n".join(words), "item": "nps", "metric": "nps",
            "scale_min": 0, "scale_max": 10, "detractor_max": 6, "promoter_min": 9,
        }  # fmt: skip
    for position, answer in enumerate(scored):
        row = {
            **common,
            "item": answer.item,
            "metric": answer.kind,
            "score": answer.score,
            "scale_min": answer.scale_min,
            "scale_max": answer.scale_max,
            "detractor_max": answer.detractor_max,
            "promoter_min": answer.promoter_min,
            "comment": "\n".join(words) if position == 0 and words else None,
        }
        yield {name: value for name, value in row.items() if value is not None}


def _common(response: Response, kinds: dict[str, str]) -> dict[str, Any]:
    texts = ("touchpoint", "wave", "channel", "language", "stratum", "cluster")
    row: dict[str, Any] = {name: getattr(response, name) or None for name in texts}
    row |= {
        "response_id": response.pk,
        "instrument": response.instrument_version.instrument.code,
        "instrument_version": response.instrument_version.number,
        "responded_at": response.responded_at.astimezone(dt.UTC).replace(tzinfo=None),
        "stream": response.stream,
        "customer": response.customer.key_hash if response.customer else None,
        "department": response.department.path if response.department else None,
        "weight": response.weight,
        "excluded": response.excluded or None,
    }
    for code, kind in kinds.items():
        value = response.attributes.get(code)
        if value is not None:
            row[f"a_{code}"] = str(value) if kind == "category" else float(value)
    return {name: value for name, value in row.items() if value is not None}


def ordered(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["response_id"], row["item"]))
