"""What readers see, at once and without waiting for a sync."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxstats.engine import HistogramQuery, ParquetFiles, open_engine
from cxstats.schema import ANSWERS
from tests.zhiyin.analyze.lake.scenario import START, Survey, register_field
from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.queries import LakeSnapshot, answers
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.listen.responses.models import Response

pytestmark = pytest.mark.django_db(transaction=True)


def scores(snapshot: LakeSnapshot, **query: object) -> dict[object, int]:
    with open_engine() as engine:
        table = engine.score_histogram(
            snapshot.source, HistogramQuery(score="score", **query)
        )
    by = query.get("by", ("score",))[0]
    return dict(zip(table[by].to_pylist(), table["n"].to_pylist(), strict=True))


def test_lake_without_answers_is_an_empty_table(organisation: Organisation) -> None:
    snapshot = answers(organisation)
    assert scores(snapshot) == {}
    assert snapshot.columns == (*ANSWERS.names, "department")
    assert (snapshot.version, snapshot.behind, snapshot.synced_at) == ("0", False, None)


def test_lake_whose_answers_were_all_erased_is_an_empty_table(survey: Survey) -> None:
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    Response.objects.all().delete()
    sync_organisation(organisation=survey.organisation)
    assert scores(answers(survey.organisation)) == {}


def test_engine_reads_the_files_of_the_manifest_only(survey: Survey) -> None:
    survey.respond_many(60)
    sync_organisation(organisation=survey.organisation)
    snapshot = answers(survey.organisation)
    assert isinstance(snapshot.source, ParquetFiles)
    assert sum(scores(snapshot).values()) == 60
    assert not snapshot.behind


def test_erased_answer_is_hidden_before_any_sync(survey: Survey) -> None:
    survey.respond(3, satisfaction=None)
    gone = survey.respond(10, satisfaction=None)
    sync_organisation(organisation=survey.organisation)
    before = answers(survey.organisation)
    key = gone.pk
    gone.delete()
    after = answers(survey.organisation)
    assert after.erased == (key,)
    assert scores(after) == {3.0: 1}
    assert after.version != before.version
    assert after.behind
    sync_organisation(organisation=survey.organisation)
    assert answers(survey.organisation).erased == ()
    assert scores(answers(survey.organisation)) == {3.0: 1}


def test_version_changes_with_the_rows_and_only_with_them(survey: Survey) -> None:
    response = survey.respond()
    sync_organisation(organisation=survey.organisation)
    first = answers(survey.organisation).version
    assert answers(survey.organisation).version == first
    response.wave = "w2"
    response.save()
    assert answers(survey.organisation).version == first
    sync_organisation(organisation=survey.organisation)
    assert answers(survey.organisation).version != first


def test_field_that_older_months_lack_is_null_there(survey: Survey) -> None:
    survey.respond(satisfaction=None)
    sync_organisation(organisation=survey.organisation)
    register_field(survey.organisation, "region", "category")
    survey.respond(satisfaction=None, attributes={"region": "华东"},
                   responded_at=START.replace(month=3))  # fmt: skip
    sync_organisation(organisation=survey.organisation)
    snapshot = answers(survey.organisation)
    assert "a_region" in snapshot.columns
    assert scores(snapshot, by=("a_region",)) == {None: 1, "华东": 1}


def test_snapshot_taken_earlier_stays_readable_after_a_sync(survey: Survey) -> None:
    response = survey.respond(1, satisfaction=None)
    sync_organisation(organisation=survey.organisation)
    earlier = answers(survey.organisation)
    response.answers.update(score=5)
    sync_organisation(organisation=survey.organisation)
    assert scores(earlier) == {1.0: 1}
    assert scores(answers(survey.organisation)) == {5.0: 1}


def test_columns_are_those_of_the_files(survey: Survey) -> None:
    register_field(survey.organisation, "arpu", "number")
    survey.respond(attributes={"arpu": 12})
    sync_organisation(organisation=survey.organisation)
    snapshot = answers(survey.organisation)
    assert isinstance(snapshot.source, ParquetFiles)
    schema = pq.read_schema(snapshot.source.paths[0])
    assert tuple(schema.names) == snapshot.columns
    assert schema.field("a_arpu").type == pa.float64()


def test_folder_left_by_another_database_is_not_shown(survey: Survey) -> None:
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    LakeState.objects.all().delete()
    survey.respond()
    snapshot = answers(survey.organisation)
    assert (snapshot.version, snapshot.behind) == ("0", True)
    assert scores(snapshot) == {}
    assert sync_organisation(organisation=survey.organisation).outcome == "rebuilt"


@pytest.mark.django_db
def test_sync_inside_a_test_transaction_sees_its_rows(survey: Survey) -> None:
    survey.respond(7, satisfaction=None)
    sync_organisation(organisation=survey.organisation)
    assert scores(answers(survey.organisation)) == {7.0: 1}
