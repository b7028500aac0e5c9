"""What was erased is nowhere: not for readers, and not in any byte on the disk."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.db.models import QuerySet

from tests.zhiyin.analyze.lake.scenario import Survey, make_customer
from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import erase_organisation
from zhiyin.analyze.lake.queries import status
from zhiyin.analyze.lake.queries.places import lake_folder
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.analyze.lake.services.garbage import (
    collect_garbage,
    remove_lakes_of_the_gone,
)
from zhiyin.listen.responses.models import ErasedResponse, Response

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "我的号码是13800138000"


def tombstones(survey: Survey, number: int | None = None) -> QuerySet[ErasedResponse]:
    """Return those of one organisation: emptying SQLite after a test leaves some."""
    key = survey.organisation.pk if number is None else number
    return ErasedResponse.objects.filter(organisation_id=key)


def files_saying(text: str, folder: Path) -> list[Path]:
    """Search every cell of every Parquet file, listed or not, and all other bytes."""
    found = []
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            said = repr(pq.read_table(path, partitioning=None).to_pylist())
            dictionary = path.read_bytes()
            hit = text in said or text.encode() in dictionary
        else:
            hit = path.is_file() and text in path.read_text(encoding="utf-8")
        if hit:
            found.append(path)
    return found


def test_erased_words_are_in_no_file_after_the_rewrite(survey: Survey) -> None:
    folder = lake_folder(survey.organisation.pk)
    gone = survey.respond(comment=SECRET)
    kept = survey.respond(comment="信号很好")
    sync_organisation(organisation=survey.organisation)
    assert files_saying(SECRET, folder)
    gone.delete()
    sync_organisation(organisation=survey.organisation)
    collect_garbage(survey.organisation.pk, grace_seconds=0)
    assert files_saying(SECRET, folder) == []
    assert len(files_saying(kept.comment, folder)) == 1


def test_customer_is_unlinked_in_the_lake_when_she_is_erased(survey: Survey) -> None:
    customer = make_customer(survey.organisation, 5)
    key = customer.key_hash
    survey.respond(customer=customer)
    sync_organisation(organisation=survey.organisation)
    customer.delete()
    sync_organisation(organisation=survey.organisation)
    collect_garbage(survey.organisation.pk, grace_seconds=0)
    assert files_saying(key, lake_folder(survey.organisation.pk)) == []


def test_status_says_how_far_erasure_has_come(survey: Survey) -> None:
    gone = survey.respond()
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    gone.delete()
    stone = tombstones(survey).get()
    waiting = status(survey.organisation).erasure
    assert (waiting.erased, waiting.waiting, waiting.is_complete) == (1, 1, False)
    assert waiting.rewritten_until < stone.revision
    sync_organisation(organisation=survey.organisation)
    rewritten = status(survey.organisation).erasure
    assert rewritten.rewritten_until >= stone.revision
    assert rewritten.deleted_until < stone.revision
    assert (rewritten.waiting, rewritten.is_complete) == (0, False)
    collect_garbage(survey.organisation.pk, grace_seconds=0)
    done = status(survey.organisation).erasure
    assert done.deleted_until >= stone.revision
    assert done.is_complete
    assert done.target == "lake/answers"


def test_retired_file_outlives_the_longest_query(survey: Survey) -> None:
    survey.respond().delete()
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    Response.objects.update(wave="w2")
    sync_organisation(organisation=survey.organisation)
    assert collect_garbage(survey.organisation.pk) == 0
    assert collect_garbage(survey.organisation.pk, grace_seconds=0) == 1


def test_every_way_of_deleting_leaves_a_tombstone(survey: Survey) -> None:
    keys = [survey.respond().pk for _ in range(4)]
    Response.objects.get(pk=keys[0]).delete()
    Response.objects.filter(pk=keys[1]).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM responses_answer")
        cursor.execute("DELETE FROM responses_response WHERE id = %s", [keys[2]])
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE responses_response, responses_answer CASCADE")
        else:
            cursor.execute("DELETE FROM responses_response")
    stones = tombstones(survey).order_by("response_id")
    assert list(stones.values_list("response_id", flat=True)) == keys


def test_lake_of_an_erased_organisation_is_deleted(
    survey: Survey, other_organisation: Organisation
) -> None:
    survey.respond(comment=SECRET)
    sync_organisation(organisation=survey.organisation)
    number = survey.organisation.pk
    folder = lake_folder(number)
    assert remove_lakes_of_the_gone() == 0
    erase_organisation(
        organisation=survey.organisation, ordered_by="officer", reason="contract ended"
    )
    assert remove_lakes_of_the_gone() == 1
    assert not folder.exists()
    assert not tombstones(survey, number).exists()
    assert Organisation.objects.get() == other_organisation


def test_folder_of_an_unknown_organisation_is_left_alone(lake_root: Path) -> None:
    (lake_root / "999").mkdir(parents=True)
    assert remove_lakes_of_the_gone() == 0
    assert (lake_root / "999").is_dir()
