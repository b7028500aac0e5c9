"""The worker's clock, the command line, and what happens when something is wrong."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests.zhiyin.analyze.lake import rebuilding
from tests.zhiyin.analyze.lake.scenario import Survey, lake_rows, make_survey
from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake import tasks
from zhiyin.analyze.lake.models import LakeState
from zhiyin.analyze.lake.queries import answers, status
from zhiyin.analyze.lake.queries.manifest import FORMAT, read_manifest
from zhiyin.analyze.lake.queries.places import dataset_folder, manifest_path
from zhiyin.analyze.lake.services import (
    Outcome,
    rebuild_organisation,
    sync_organisation,
)
from zhiyin.analyze.lake.services.locks import writing_lock
from zhiyin.analyze.lake.services.publishing import (
    SupersededError,
    publish,
    swap_manifest,
)
from zhiyin.analyze.lake.services.triggers import (
    install_triggers,
    missing_triggers,
    require_triggers,
)
from zhiyin.common import worker
from zhiyin.listen.responses.models import Response

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_rest_after_failures() -> None:
    tasks._resting_until.clear()


def run(*words: str) -> str:
    output = io.StringIO()
    call_command("lake", *words, stdout=output)
    return output.getvalue()


def test_worker_brings_a_saved_answer_to_the_lake(survey: Survey) -> None:
    assert "lake" in {task.name for task in worker.registered()}
    survey.respond(9, satisfaction=None)
    assert answers(survey.organisation).behind
    assert tasks.sync_all() is False
    assert not answers(survey.organisation).behind
    assert [row["score"] for row in lake_rows(survey.organisation)] == [9]


def test_failure_of_one_lake_is_recorded_and_the_others_go_on(
    survey: Survey, other_organisation: Organisation
) -> None:
    other = make_survey(other_organisation, "other")
    survey.respond()
    other.respond()
    blocked = dataset_folder(survey.organisation.pk) / "month=2026-01"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("a file where the folder should be")
    tasks.sync_all()
    assert "FileExistsError" in status(survey.organisation).failure
    assert len(lake_rows(other_organisation)) == 2
    blocked.unlink()
    tasks.sync_all()
    assert answers(survey.organisation).behind, "it rests after a failure"
    tasks._resting_until.clear()
    tasks.sync_all()
    assert status(survey.organisation).failure == ""
    assert not answers(survey.organisation).behind


def test_second_writer_steps_back(survey: Survey) -> None:
    survey.respond()
    outcomes = []

    def sync() -> None:
        outcomes.append(sync_organisation(organisation=survey.organisation.pk).outcome)
        connection.close()

    with writing_lock(survey.organisation.pk) as held:
        assert held
        other = threading.Thread(target=sync)
        other.start()
        other.join()
    assert outcomes == [Outcome.BUSY]
    assert sync_organisation(organisation=survey.organisation).outcome == "rebuilt"


def test_version_built_on_an_outdated_state_is_not_published(survey: Survey) -> None:
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    state = LakeState.objects.get()
    manifest = read_manifest(survey.organisation.pk)
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    assert manifest is not None
    with pytest.raises(SupersededError):
        publish(manifest, state)
    assert read_manifest(survey.organisation.pk) != manifest


def test_lake_from_another_database_is_built_anew(survey: Survey) -> None:
    survey.respond_many(20)
    sync_organisation(organisation=survey.organisation)
    LakeState.objects.update(version="7-restored", intended="7-restored")
    assert answers(survey.organisation).behind
    assert sync_organisation(organisation=survey.organisation).outcome == "rebuilt"
    assert not answers(survey.organisation).behind


def test_database_moved_to_a_server_that_counts_from_lower_is_noticed(
    survey: Survey,
) -> None:
    survey.respond_many(20)
    sync_organisation(organisation=survey.organisation)
    manifest = read_manifest(survey.organisation.pk)
    assert manifest is not None
    Response.objects.filter(wave="").update(channel="app")
    ahead = {"sqlite": "99999999", "postgresql": "99999999:99999999:"}
    swap_manifest(replace(manifest, horizon=ahead[connection.vendor]))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("UPDATE responses_response SET revision = 99999990")
            cursor.execute("SET session_replication_role = DEFAULT")
    assert answers(survey.organisation).behind
    assert sync_organisation(organisation=survey.organisation).outcome == "rebuilt"
    assert {row["channel"] for row in lake_rows(survey.organisation)} == {"app"}
    assert not answers(survey.organisation).behind


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(f'"format": {FORMAT}', '"format": 0'),
        lambda text: text.replace('"horizon"', '"something"'),
    ],
    ids=["torn", "of an older format", "of another shape"],
)
def test_lake_with_a_manifest_that_cannot_be_used_is_built_anew(
    survey: Survey, spoil: Callable[[str], str]
) -> None:
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    path = manifest_path(survey.organisation.pk)
    path.write_text(spoil(path.read_text()))
    assert answers(survey.organisation).behind
    tasks.sync_all()
    assert len(lake_rows(survey.organisation)) == 2
    assert not answers(survey.organisation).behind


def test_sync_refuses_to_publish_what_is_not_committed(survey: Survey) -> None:
    survey.respond()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        sync_organisation(organisation=survey.organisation)


def test_sync_without_triggers_says_what_to_do(survey: Survey) -> None:
    survey.respond()
    drop = "DROP TRIGGER lake_answer_updated"
    drop += " ON responses_answer" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(drop)
    assert missing_triggers() == {"lake_answer_updated"}
    with pytest.raises(ImproperlyConfigured, match="run the migrations"):
        sync_organisation(organisation=survey.organisation)
    install_triggers()
    require_triggers()


def test_lakes_are_rebuilt_when_triggers_were_missing(survey: Survey) -> None:
    response = survey.respond(satisfaction=None)
    sync_organisation(organisation=survey.organisation)
    drop = "DROP TRIGGER lake_answer_updated"
    drop += " ON responses_answer" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(drop)
    response.answers.update(score=1)
    install_triggers()
    tasks.sync_all()
    assert [row["score"] for row in lake_rows(survey.organisation)] == [1]


def test_tables_can_be_migrated_under_the_triggers(
    survey: Survey, settings: Any
) -> None:
    """SQLite rebuilds a table to change it, which a trigger naming it would stop."""
    survey.respond()
    settings.MIGRATION_MODULES = {"responses": rebuilding.__name__}
    for target in (rebuilding.REBUILT, rebuilding.LAST):
        call_command("migrate", "responses", target, verbosity=0)
        assert missing_triggers() == frozenset()
        survey.respond()
        tasks.sync_all()
    assert len(lake_rows(survey.organisation)) == 6


def test_command_syncs_rebuilds_and_says_how_it_is(survey: Survey) -> None:
    survey.respond()
    assert run("status") == (
        "huaxing: 0 rows in 0 files, 0 bytes; synced never, behind; "
        "erased up to revision 0, 0 waiting\n"
    )
    assert run("sync", "huaxing") == "huaxing: rebuilt, 2 rows\n"
    assert run("sync") == "huaxing: unchanged, 2 rows\n"
    assert run("rebuild") == "huaxing: rebuilt, 2 rows\n"
    assert "2 rows in 1 files" in run("status")
    assert "up to date" in run("status")


def test_command_names_the_organisations_there_are(organisation: Organisation) -> None:
    with pytest.raises(CommandError, match=r"has the code x; .*huaxing"):
        run("sync", "x")


def test_verification_finds_a_row_that_differs(survey: Survey) -> None:
    survey.respond_many(30)
    sync_organisation(organisation=survey.organisation)
    assert run("verify") == "huaxing: 30 rows in 3 months, equal\n"
    survey.respond()
    assert "equal" in run("verify"), "what waits for a sync is no difference"
    sync_organisation(organisation=survey.organisation)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER lake_answer_updated")
        cursor.execute("UPDATE responses_answer SET score = 3 WHERE item = 'csat'")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
    with pytest.raises(CommandError, match="verify failed for huaxing"):
        run("verify")
    install_triggers()


def test_verification_finds_a_damaged_file(survey: Survey) -> None:
    survey.respond_many(30)
    sync_organisation(organisation=survey.organisation)
    manifest = read_manifest(survey.organisation.pk)
    assert manifest is not None
    path = dataset_folder(survey.organisation.pk) / manifest.files[0].path
    content = bytearray(path.read_bytes())
    content[100] ^= 255
    path.write_bytes(content)
    with pytest.raises(CommandError, match="verify failed"):
        run("verify")
    rebuild_organisation(organisation=survey.organisation)
    assert "equal" in run("verify")
