"""The lake shows what the database holds, after every kind of change."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from tests.zhiyin.analyze.lake.scenario import (
    START,
    Survey,
    expected_rows,
    lake_rows,
    main_answer,
    make_customer,
    make_survey,
    register_field,
)
from zhiyin.accounts.models import Department, Organisation
from zhiyin.analyze.lake.queries import answers, rows
from zhiyin.analyze.lake.queries.manifest import DataFile, read_manifest
from zhiyin.analyze.lake.queries.places import dataset_folder
from zhiyin.analyze.lake.services import (
    Outcome,
    building,
    files,
    rebuild_organisation,
    sync_organisation,
)
from zhiyin.listen.responses.models import Answer, ErasedResponse, Response

pytestmark = pytest.mark.django_db(transaction=True)


def assert_same(organisation: Organisation) -> None:
    assert lake_rows(organisation) == expected_rows(organisation)


def test_first_sync_shows_every_scored_answer(survey: Survey) -> None:
    organisation = survey.organisation
    register_field(organisation, "region", "category")
    register_field(organisation, "arpu", "number")
    survey.respond(
        3,
        customer=make_customer(organisation, 7),
        touchpoint="hall",
        wave="w1",
        channel="sms",
        language="zh-hans",
        weight=1.5,
        stratum="s",
        cluster="c",
        comment="信号不好",
        attributes={"region": "华东", "arpu": "58.5"},
        excluded="duplicate",
    )
    survey.respond(10, satisfaction=None, department=None)
    report = sync_organisation(organisation=organisation)
    assert (report.outcome, report.rows_written) == (Outcome.REBUILT, 3)
    assert_same(organisation)
    assert list(files_by_month(organisation)) == ["2026-01"]


def test_sync_without_a_change_writes_nothing(survey: Survey) -> None:
    survey.respond()
    first = sync_organisation(organisation=survey.organisation)
    again = sync_organisation(organisation=survey.organisation)
    assert (again.outcome, again.version) == (Outcome.UNCHANGED, first.version)


def test_organisation_without_answers_needs_no_lake(organisation: Organisation) -> None:
    assert sync_organisation(organisation=organisation).outcome == Outcome.UNCHANGED
    assert read_manifest(organisation.pk) is None


def test_new_answer_is_added_to_its_month_only(survey: Survey) -> None:
    survey.respond_many(400)
    sync_organisation(organisation=survey.organisation)
    before = files_by_month(survey.organisation)
    survey.respond(responded_at=dt.datetime(2026, 5, 4, tzinfo=dt.UTC))
    report = sync_organisation(organisation=survey.organisation)
    after = files_by_month(survey.organisation)
    assert report.outcome == Outcome.SYNCED
    assert {month for month in after if after[month] != before[month]} == {"2026-05"}
    assert_same(survey.organisation)


def files_by_month(organisation: Organisation) -> dict[str, list[DataFile]]:
    manifest = read_manifest(organisation.pk)
    assert manifest is not None
    return manifest.in_months()


def test_edited_answer_is_replaced_where_it_lies(survey: Survey) -> None:
    response = survey.respond(2)
    sync_organisation(organisation=survey.organisation)
    Answer.objects.filter(response=response, item="nps").update(score=8)
    sync_organisation(organisation=survey.organisation)
    assert_same(survey.organisation)
    assert [r["score"] for r in lake_rows(survey.organisation)] == [4, 8]


def test_answer_added_or_removed_later_reaches_the_lake(survey: Survey) -> None:
    response = survey.respond(None, satisfaction=3)
    sync_organisation(organisation=survey.organisation)
    main_answer(response, 6).save()
    sync_organisation(organisation=survey.organisation)
    assert_same(survey.organisation)
    response.answers.filter(item="csat").delete()
    sync_organisation(organisation=survey.organisation)
    assert_same(survey.organisation)
    assert len(lake_rows(survey.organisation)) == 1


def test_answer_dated_anew_moves_to_the_other_month_undoubled(survey: Survey) -> None:
    response = survey.respond()
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    response.responded_at = START + dt.timedelta(days=60)
    response.save()
    sync_organisation(organisation=survey.organisation)
    assert list(files_by_month(survey.organisation)) == ["2026-01", "2026-04"]
    assert_same(survey.organisation)


def test_answer_moved_and_erased_between_syncs_leaves_nothing(survey: Survey) -> None:
    response = survey.respond()
    sync_organisation(organisation=survey.organisation)
    Response.objects.filter(pk=response.pk).update(
        responded_at=START + dt.timedelta(days=60)
    )
    response.delete()
    sync_organisation(organisation=survey.organisation)
    assert lake_rows(survey.organisation) == []


def test_exclusion_and_restoration_reach_the_lake(survey: Survey) -> None:
    response = survey.respond(satisfaction=None)
    sync_organisation(organisation=survey.organisation)
    for reason in ("speeder", ""):
        response.excluded = reason
        response.save(update_fields=["excluded"])
        sync_organisation(organisation=survey.organisation)
        (row,) = lake_rows(survey.organisation)
        assert row.get("excluded") == (reason or None)


def test_stale_form_saved_over_a_newer_edit_reaches_the_lake(survey: Survey) -> None:
    stale = survey.respond(satisfaction=None)
    sync_organisation(organisation=survey.organisation)
    Response.objects.filter(pk=stale.pk).update(wave="w1")
    sync_organisation(organisation=survey.organisation)
    stale.channel = "app"
    stale.save()
    sync_organisation(organisation=survey.organisation)
    assert_same(survey.organisation)


def test_plain_sql_reaches_the_lake_like_the_models(survey: Survey) -> None:
    first, second = survey.respond(), survey.respond()
    sync_organisation(organisation=survey.organisation)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE responses_response SET wave = 'w9' WHERE id = %s",
                       [first.pk])  # fmt: skip
        cursor.execute("DELETE FROM responses_answer WHERE response_id = %s",
                       [second.pk])  # fmt: skip
        cursor.execute("DELETE FROM responses_response WHERE id = %s", [second.pk])
    sync_organisation(organisation=survey.organisation)
    assert_same(survey.organisation)
    assert {row["wave"] for row in lake_rows(survey.organisation)} == {"w9"}


def test_erased_response_leaves_a_tombstone_with_its_month(survey: Survey) -> None:
    response = survey.respond()
    key = response.pk
    response.delete()
    stone = ErasedResponse.objects.get(response_id=key)
    assert (stone.organisation_id, stone.month) == (survey.organisation.pk, "2026-01")
    assert stone.erased_at is not None
    assert stone.revision > 0


def test_moved_department_renamed_code_and_new_key_reach_the_lake(
    survey: Survey,
) -> None:
    customer = make_customer(survey.organisation, 1)
    survey.respond(customer=customer)
    sync_organisation(organisation=survey.organisation)
    Department.objects.filter(pk=survey.department.pk).update(path="/77/8/")
    sync_organisation(organisation=survey.organisation)
    assert lake_rows(survey.organisation)[0]["department"] == "/77/8/"
    customer.key_hash = "f" * 64
    customer.save()
    survey.version.instrument.code = "renamed"
    survey.version.instrument.save()
    sync_organisation(organisation=survey.organisation)
    assert_same(survey.organisation)


def test_response_cannot_change_its_organisation(
    survey: Survey, other_organisation: Organisation
) -> None:
    response = survey.respond()
    with pytest.raises(Exception, match="never changes its organisation"):
        Response.objects.filter(pk=response.pk).update(organisation=other_organisation)


def test_field_registered_later_shows_what_older_answers_carry(survey: Survey) -> None:
    survey.respond(attributes={"plan": "5G", "age": 30})
    survey.respond(responded_at=START + dt.timedelta(days=100))
    sync_organisation(organisation=survey.organisation)
    untouched = files_by_month(survey.organisation)["2026-05"]
    register_field(survey.organisation, "plan", "category")
    sync_organisation(organisation=survey.organisation)
    assert_same(survey.organisation)
    assert files_by_month(survey.organisation)["2026-05"] == untouched
    assert answers(survey.organisation).columns[-1] == "a_plan"


def test_field_of_another_kind_is_written_anew(survey: Survey) -> None:
    field = register_field(survey.organisation, "age", "category")
    survey.respond(attributes={"age": 30})
    sync_organisation(organisation=survey.organisation)
    assert lake_rows(survey.organisation)[0]["a_age"] == "30"
    field.kind = "number"
    field.save()
    sync_organisation(organisation=survey.organisation)
    assert lake_rows(survey.organisation)[0]["a_age"] == 30.0


def test_removed_field_leaves_the_lake(survey: Survey) -> None:
    field = register_field(survey.organisation, "age", "number")
    survey.respond(attributes={"age": 30})
    sync_organisation(organisation=survey.organisation)
    field.delete()
    sync_organisation(organisation=survey.organisation)
    assert "a_age" not in lake_rows(survey.organisation)[0]


def test_words_without_a_score_are_kept(survey: Survey) -> None:
    survey.respond(None, satisfaction=None, comment="很好")
    survey.respond(None, satisfaction=None, texts=("太贵", "人多"))
    survey.respond(9, comment="不错", texts=("不错", "再便宜点"))
    survey.respond(None, satisfaction=None)
    sync_organisation(organisation=survey.organisation)
    assert_same(survey.organisation)
    rows = lake_rows(survey.organisation)
    words = {row["comment"] for row in rows if "comment" in row}
    assert words == {"很好", "太贵\n人多", "不错\n再便宜点"}
    assert [row.get("score") for row in rows] == [None, None, 4, 9]


def test_organisations_have_nothing_in_common(
    survey: Survey, other_organisation: Organisation
) -> None:
    other = make_survey(other_organisation, "other")
    survey.respond(comment="甲")
    other.respond(comment="乙")
    sync_organisation(organisation=survey.organisation)
    sync_organisation(organisation=other_organisation)
    assert_same(survey.organisation)
    assert_same(other_organisation)
    instruments = {row["instrument"] for row in lake_rows(other_organisation)}
    assert instruments == {"other"}


def test_rebuild_shows_the_same_rows_in_new_files(survey: Survey) -> None:
    survey.respond_many(300)
    first = sync_organisation(organisation=survey.organisation)
    before = files_by_month(survey.organisation)
    report = rebuild_organisation(organisation=survey.organisation)
    after = files_by_month(survey.organisation)
    assert (report.outcome, report.rows) == (Outcome.REBUILT, first.rows)
    assert all(after[month] != before[month] for month in before)
    assert_same(survey.organisation)


def test_lake_whose_file_was_lost_is_built_anew(survey: Survey) -> None:
    survey.respond_many(50)
    sync_organisation(organisation=survey.organisation)
    lost = files_by_month(survey.organisation)["2026-03"][0]
    (dataset_folder(survey.organisation.pk) / lost.path).unlink()
    survey.respond()
    assert sync_organisation(organisation=survey.organisation).outcome == "rebuilt"
    assert_same(survey.organisation)


def test_month_larger_than_a_file_is_split_and_read_in_chunks(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 7)
    monkeypatch.setattr(files, "ROWS_A_FILE", 40)
    monkeypatch.setattr(files, "ROWS_A_GROUP", 16)
    monkeypatch.setattr(building, "ROWS_A_FILE", 40)
    made = [survey.respond(n % 11, comment=f"意见{n}") for n in range(60)]
    sync_organisation(organisation=survey.organisation)
    (january,) = files_by_month(survey.organisation).values()
    january.sort(key=lambda file: file.response_low)
    assert [file.rows for file in january] == [42, 42, 36]
    assert_same(survey.organisation)
    made[0].delete()
    made[59].answers.update(score=2)
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    after = files_by_month(survey.organisation)["2026-01"]
    assert january[1] in after, "the file without a changed row stays"
    assert_same(survey.organisation)


def test_rows_of_a_matrix_are_series_of_their_own_and_numbers_do_no_harm(
    survey: Survey,
) -> None:
    response = survey.respond(8, satisfaction=None)
    rated = {"kind": "rating", "scale_min": 1, "scale_max": 5, "response": response}
    Answer.objects.bulk_create(
        [
            Answer(item="parts.voice", score=5, **rated),
            Answer(item="parts.data", score=2, **rated),
            Answer(response=response, item="bill", kind="number", number=128.5),
            Answer(response=response, item="since", kind="date", date="2024-03-01"),
            Answer(response=response, item="first", kind="ranking", choices=["a"]),
            Answer(
                response=response,
                item="trouble",
                kind="multiple",
                choices=["other"],
                text="电梯里没信号",
            ),
        ],
    )
    sync_organisation(organisation=survey.organisation)
    shown = lake_rows(survey.organisation)
    assert {(row["item"], row["score"]) for row in shown} == {
        ("nps", 8.0),
        ("parts.voice", 5.0),
        ("parts.data", 2.0),
    }
    words = [row["comment"] for row in shown if "comment" in row]
    assert words == ["电梯里没信号"]
