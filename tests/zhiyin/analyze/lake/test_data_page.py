"""The page of those who look after the data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.zhiyin.analyze.lake.scenario import Survey
from zhiyin.accounts.models import AuditEntry, Organisation, Person, Role
from zhiyin.analyze.lake import tasks
from zhiyin.analyze.lake.queries import answers, status
from zhiyin.analyze.lake.services import sync_organisation

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Person]
ClientOf = Callable[[Person], Client]


@pytest.fixture
def manager(person_with: Make, client_of: ClientOf) -> Client:
    return client_of(person_with(Role.CX_MANAGER, language="en"))


def shown(client: Client) -> str:
    return " ".join(client.get(reverse("lake")).content.decode().split())


def test_page_says_what_will_be_there_before_the_first_answer(manager: Client) -> None:
    assert "No data for analysis yet" in shown(manager)


def test_page_shows_rows_months_and_what_waits(manager: Client, survey: Survey) -> None:
    survey.respond_many(1200)
    sync_organisation(organisation=survey.organisation)
    page = shown(manager)
    assert "<dt>Scored answers</dt><dd>1,200</dd>" in page
    assert "Up to date" in page
    assert '<th scope="row">2026-02</th>' in page
    survey.respond().delete()
    survey.respond()
    page = shown(manager)
    assert "Behind" in page
    assert "<dt>Responses waiting</dt> <dd>1</dd>" in page
    assert "<dt>Hidden, not yet rewritten</dt><dd>1</dd>" in page


def test_button_syncs_at_once_and_is_recorded(manager: Client, survey: Survey) -> None:
    survey.respond()
    reply = manager.post(reverse("lake_sync"), follow=True)
    assert "Up to date: 2 answers." in reply.content.decode()
    assert not answers(survey.organisation).behind
    assert AuditEntry.objects.filter(action="lake.synced").count() == 1
    reply = manager.post(reverse("lake_sync"), follow=True)
    assert "Everything was up to date already." in reply.content.decode()


def test_rebuild_is_confirmed_and_done_by_the_worker(
    manager: Client, survey: Survey
) -> None:
    survey.respond()
    before = sync_organisation(organisation=survey.organisation).version
    asked = manager.get(reverse("lake_rebuild")).content.decode()
    assert "Build the data anew?" in asked
    assert status(survey.organisation).rebuild_requested_at is None
    reply = manager.post(reverse("lake_rebuild"), follow=True)
    assert "is being built anew" in reply.content.decode()
    assert answers(survey.organisation).version == before
    tasks.sync_all()
    assert answers(survey.organisation).version != before
    assert status(survey.organisation).rebuild_requested_at is None
    assert AuditEntry.objects.filter(action="lake.rebuild_requested").count() == 1


def test_page_shows_one_organisation_only(
    manager: Client, survey: Survey, other_organisation: Organisation,
    person_with: Make, client_of: ClientOf,
) -> None:  # fmt: skip
    survey.respond_many(77)
    sync_organisation(organisation=survey.organisation)
    stranger = person_with(organisation=other_organisation, language="en")
    assert "No data for analysis yet" in shown(client_of(stranger))
    assert "77" in shown(manager)


@pytest.mark.parametrize("name", ["lake", "lake_sync", "lake_rebuild"])
def test_people_without_the_permission_are_kept_out(
    name: str, person_with: Make, client_of: ClientOf
) -> None:
    client = client_of(person_with(Role.AGENT))
    assert client.post(reverse(name)).status_code == 403


def test_failure_is_told_with_what_to_do(manager: Client, survey: Survey) -> None:
    survey.respond()
    sync_organisation(organisation=survey.organisation)
    tasks.record_failure(survey.organisation, OSError(28, "No space left on device"))
    page = shown(manager)
    assert "The last sync failed" in page
    assert "No space left on device" in page
