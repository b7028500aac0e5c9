"""PostgreSQL: transactions commit in another order than they begin."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from tests.zhiyin.analyze.lake.scenario import Survey, lake_rows, main_answer
from zhiyin.analyze.lake.queries import answers
from zhiyin.analyze.lake.services import Outcome, sync_organisation
from zhiyin.listen.responses.models import Response

pytestmark = pytest.mark.django_db(transaction=True)


def late_writer() -> psycopg.Connection:
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{k: v for k, v in parameters.items() if k in names})


def waves(survey: Survey) -> list[str]:
    return sorted(row["wave"] for row in lake_rows(survey.organisation))


def test_edit_committed_after_a_later_transaction_is_not_missed(survey: Survey) -> None:
    early, other = (survey.respond(satisfaction=None, wave="w1") for _ in range(2))
    sync_organisation(organisation=survey.organisation)
    with late_writer() as late:
        late.execute(
            "UPDATE responses_response SET wave = 'late' WHERE id = %s", [early.pk]
        )
        Response.objects.filter(pk=other.pk).update(wave="prompt")
        sync_organisation(organisation=survey.organisation)
        assert waves(survey) == ["prompt", "w1"]
        again = sync_organisation(organisation=survey.organisation)
        assert again.outcome == Outcome.UNCHANGED, "an open transaction costs nothing"
        late.commit()
    assert answers(survey.organisation).behind
    sync_organisation(organisation=survey.organisation)
    assert waves(survey) == ["late", "prompt"]


def test_erasure_committed_late_is_not_missed(survey: Survey) -> None:
    early, other = (survey.respond(satisfaction=None, wave="w1") for _ in range(2))
    sync_organisation(organisation=survey.organisation)
    with late_writer() as late:
        late.execute("DELETE FROM responses_answer WHERE response_id = %s", [early.pk])
        late.execute("DELETE FROM responses_response WHERE id = %s", [early.pk])
        Response.objects.filter(pk=other.pk).update(wave="prompt")
        sync_organisation(organisation=survey.organisation)
        assert answers(survey.organisation).erased == ()
        late.commit()
    assert answers(survey.organisation).erased == (early.pk,)
    sync_organisation(organisation=survey.organisation)
    assert waves(survey) == ["prompt"]


def test_change_rolled_back_never_reaches_the_lake(survey: Survey) -> None:
    response = survey.respond(satisfaction=None, wave="w1")
    sync_organisation(organisation=survey.organisation)
    with late_writer() as late:
        late.execute(
            "UPDATE responses_response SET wave = 'never' WHERE id = %s", [response.pk]
        )
        sync_organisation(organisation=survey.organisation)
        late.rollback()
    sync_organisation(organisation=survey.organisation)
    assert waves(survey) == ["w1"]


def test_answers_of_an_open_response_arrive_with_it(survey: Survey) -> None:
    response = survey.respond(None, satisfaction=None, wave="w1")
    with late_writer() as late:
        late.execute(
            "UPDATE responses_response SET wave = 'w2' WHERE id = %s", [response.pk]
        )
        sync_organisation(organisation=survey.organisation)
        late.commit()
    main_answer(response, 10).save()
    sync_organisation(organisation=survey.organisation)
    assert waves(survey) == ["w2"]
