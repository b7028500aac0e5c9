"""Answers that are a number or a date narrow and group scores, as fields do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.analyze.dashboards.world import World, mixed
from zhiyin.accounts.models import Person
from zhiyin.analyze.lake.queries import answers
from zhiyin.analyze.lake.queries.manifest import Manifest, read_manifest
from zhiyin.analyze.lake.queries.places import manifest_path
from zhiyin.listen.responses.models import Answer
from zhiyin.listen.surveys.models import Instrument, Item

pytestmark = pytest.mark.django_db(transaction=True)


def test_scores_are_narrowed_and_grouped_by_answered_numbers_and_dates(
    world: World,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    # A lake from before, whose files know nothing of such answers.
    low = world.answer(mixed(0, 0, 40))
    high = world.answer(mixed(40, 0, 0))
    version = world.versions["transactional"]
    for place, (code, kind) in enumerate((("Bill-Sum", "number"), ("since", "date"))):
        Item.objects.create(version=version, code=code, kind=kind, position=place + 2)
    Answer.objects.bulk_create(
        [
            Answer(response=row, item="Bill-Sum", kind="number", number=bill)
            for rows, bill in ((low, 30.5), (high, 180))
            for row in rows
        ]
        + [
            Answer(response=row, item="since", kind="date", date=dt.date(2024, 3, 1))
            for row in high
        ]
    )
    world.sync()
    staff = client_of(person_with())

    def counted(query: str) -> tuple[int, float]:
        found = staff.get(f"/api/v1/scores?{query}").json()
        return found["n"], found["value"]

    assert counted("a_answer_bill_sum=100..") == (40, 100)
    assert counted("a_answer_since=-") == (40, -100)
    assert counted("a_answer_since=2024-03-01") == (40, 100)
    table = staff.get("/api/v1/scores/table?by=a_answer_bill_sum&cuts=100").json()
    assert [group["n"] for group in table["groups"]] == [40, 40]

    # Nothing of an anonymous questionnaire stands beside its scores.
    columns = answers(world.organisation).columns
    assert {"a_answer_bill_sum", "a_answer_since"} <= set(columns)
    Instrument.objects.update(is_anonymous=True)
    path = manifest_path(world.organisation.pk)
    path.write_text(path.read_text().replace('"format": 2', '"format": 1'))
    world.sync()
    manifest = read_manifest(world.organisation.pk)
    assert isinstance(manifest, Manifest)
    assert manifest.attributes == {}
    assert manifest.rows == 80
