"""Every answer at once says what one answer says when it is asked for alone."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.zhiyin.api.conftest import Caller
from zhiyin.accounts.models import Organisation
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.services import create_standard_instrument

NOON = dt.datetime(2026, 5, 3, 4, tzinfo=dt.UTC)
SCALE = {"scale_min": 0, "scale_max": 10, "detractor_max": 6, "promoter_min": 9}
# One of each kind: what it keeps, and nothing else.
ITEMS: list[dict[str, Any]] = [
    {"item": "nps", "kind": "nps", "is_primary": True, "score": 9, **SCALE},
    {"item": "parts.voice", "kind": "matrix", "score": 0, **SCALE},
    {"item": "trouble", "kind": "multiple", "choices": ["slow", '"cut"']},
    {"item": "place", "kind": "choice", "choices": ["other"], "text": "电梯\n里"},
    {"item": "bill", "kind": "number", "number": 128.5},
    {"item": "since", "kind": "date", "date": dt.date(2024, 3, 1)},
    {"item": "aaa_last", "kind": "text", "text": 'a "quoted", \\ word\t😀'},
]
COMMENTS = ["", "信号不好, 很慢", "=1+1", " =1+1", "\t=1", "\r@a", "-2", "a\nb", '"']


@pytest.fixture
def saved(organisation: Organisation) -> list[Response]:
    made = create_standard_instrument(organisation=organisation)
    version = InstrumentVersion.objects.get(instrument=made)
    responses = [
        Response.objects.create(
            organisation=organisation,
            instrument_version=version,
            responded_at=NOON + dt.timedelta(microseconds=number * 100),
            completed_at=NOON if number % 2 else None,
            stream="relationship",
            comment=comment,
            wave="+2026",
            attributes={"plan": 'a "b"\n', "arpu": 1.5, "none": None},
        )
        for number, comment in enumerate(COMMENTS)
    ]
    # The last item comes first in the alphabet; the first response has no answer.
    for number, response in enumerate(responses):
        for item in ITEMS[:number]:
            Answer.objects.create(response=response, **item)
    return responses


def same_moments(row: dict[str, Any]) -> dict[str, Any]:
    names = ("responded_at", "completed_at")
    moments = {n: dt.datetime.fromisoformat(row[n]) for n in names if row[n]}
    return {**row, **moments}


def without_nothing(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "", [])}


def test_every_kind_of_answer_is_exported_as_it_is_read_alone(
    caller: Callable[..., Caller],
    saved: list[Response],
) -> None:
    call = caller()
    alone = [call("GET", f"/responses/{each.pk}").json() for each in saved]
    lines = b"".join(call("GET", "/responses/export?form=jsonl").streaming_content)

    rows = [json.loads(line) for line in lines.decode().split("\n") if line]
    for row, wanted in zip(rows, alone, strict=True):
        row["answers"] = [without_nothing(each) for each in row["answers"]]
        told = without_nothing(same_moments(row))
        expected = without_nothing(same_moments(wanted))
        for extra in ("score", "scale_max", "given_class"):
            expected.pop(extra, None)
        assert told == expected


def test_the_table_holds_the_same_and_nothing_a_spreadsheet_would_run(
    caller: Callable[..., Caller],
    saved: list[Response],
) -> None:
    call = caller()
    alone = [call("GET", f"/responses/{each.pk}").json() for each in saved]
    text = b"".join(call("GET", "/responses/export").streaming_content)

    content = io.StringIO(text.decode("utf-8-sig"), newline="")
    rows = list(csv.DictReader(content))
    for row, wanted in zip(rows, alone, strict=True):
        for name in ("id", "stream", "instrument", "instrument_version"):
            assert row[name] == str(wanted[name])
        assert row["score"] == ("" if wanted["score"] is None else "9.0")
        assert row["wave"] == "'+2026"
        comment, given = row["comment"], wanted["comment"]
        is_risky = given.lstrip().startswith(("=", "+", "-", "@"))
        assert comment == (f"'{given}" if is_risky else given)
