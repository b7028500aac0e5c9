"""The files people have, uploaded as they were exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db.models import Avg, Count, Q
from django.test import Client

from tests.zhiyin.conftest import organisation, person_with  # noqa: F401 - fixtures
from tests.zhiyin.listen.imports.conftest import Desk, total
from zhiyin.accounts.models import Person
from zhiyin.listen.imports.models import ImportStatus
from zhiyin.listen.responses.models import Answer, Response

pytestmark = pytest.mark.real_data

OVERALL = "语音通话整体满意度"


@pytest.fixture
def desk(person_with: Callable[..., Person]) -> Desk:  # noqa: F811
    client = Client()
    client.force_login(person_with())
    return Desk(client)


@pytest.mark.requirement("R002-27")
def test_airport_survey_gives_its_known_answers(
    desk: Desk, real_data_dir: Path
) -> None:
    content = (real_data_dir / "sfo_2017" / "sfo_2017.csv").read_bytes()
    batch = desk.run(("sfo_2017.csv", content), date="2017-05-31")
    assert batch.status == ImportStatus.DONE
    assert (batch.rows_read, batch.rows_accepted) == (2831, 2746)
    assert (batch.rows_excluded, batch.rows_rejected) == (85, 0)
    assert batch.tally["excluded"] == {"11": 84, "blank": 1}
    assert total(batch) == batch.rows_read
    scores = Answer.objects.filter(is_primary=True, score__isnull=False)
    classes = scores.aggregate(
        promoters=Count("pk", filter=Q(score__gte=9)),
        detractors=Count("pk", filter=Q(score__lte=6)),
    )
    n = scores.count()
    nps = 100 * (classes["promoters"] - classes["detractors"]) / n
    assert n == 2746
    assert nps == pytest.approx(39.8, abs=0.05)
    rows = Response.objects.exclude(weight=None).values_list("weight", "answers__score")
    told = [(weight, score) for weight, score in rows if score is not None]
    signed = sum(w * ((s >= 9) - (s <= 6)) for w, s in told)
    weighted = 100 * signed / sum(w for w, _score in told)
    assert weighted == pytest.approx(40.4, abs=0.05)
    strata = set(Response.objects.values_list("stratum", flat=True))
    assert strata == {"1", "2", "3"}


@pytest.mark.requirement("R002-27")
def test_operators_workbook_is_imported_as_exported(
    desk: Desk, real_data_dir: Path
) -> None:
    path = real_data_dir / "beijing_mobile_voice" / "voice_rated.xlsx"
    batch = desk.received(("voice_rated.xlsx", path.read_bytes()))
    preview = desk.page(batch)
    assert "用户描述 (2)" in preview
    columns = desk.page(batch, "columns")
    assert 'value="csat:1-10" selected' in columns
    assert 'value="nps:0-10"' not in columns
    desk.map(batch, date="2022-01-31")
    desk.start(batch)
    assert (batch.rows_read, batch.rows_accepted) == (5433, 5433)
    main = Answer.objects.filter(is_primary=True)
    assert main.values_list("kind", "scale_min", "scale_max").distinct().get() == (
        "csat", 1, 10,
    )  # fmt: skip
    found = main.aggregate(
        mean=Avg("score"),
        high=Count("pk", filter=Q(score__gte=9)),
        middle=Count("pk", filter=Q(score__in=(7, 8))),
        low=Count("pk", filter=Q(score__lte=6)),
    )
    assert found["mean"] == pytest.approx(8.68, abs=0.005)
    assert (found["high"], found["middle"], found["low"]) == (3921, 781, 731)
    item = batch.instrument_version.items.get(is_primary=True)
    assert item.wording()["text"] == OVERALL
    described = Response.objects.exclude(comment="").count()
    assert described > 0


def test_parquet_of_the_same_answers_is_imported_as_well(
    desk: Desk, real_data_dir: Path
) -> None:
    path = real_data_dir / "beijing_mobile_voice" / "voice_rated.parquet"
    batch = desk.run(("voice_rated.parquet", path.read_bytes()), date="2022-01-31")
    assert (batch.rows_read, batch.rows_accepted) == (5433, 5433)
    mean = Answer.objects.filter(is_primary=True).aggregate(mean=Avg("score"))["mean"]
    assert mean == pytest.approx(8.68, abs=0.005)
