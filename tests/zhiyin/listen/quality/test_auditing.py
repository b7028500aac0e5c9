"""Answers drawn by chance and checked with the customers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from zhiyin.accounts.models import Organisation, Role
from zhiyin.common import clock
from zhiyin.listen.customers.services import get_or_create_customers
from zhiyin.listen.quality.models import AuditCase, AuditSample
from zhiyin.listen.quality.services.auditing import chance_of
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC)
DRAW = {"name": "十一月", "percent": "20", "since": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def client(person_with: Any, client_of: Any) -> Client:
    found: Client = client_of(person_with(Role.KPI_ADMIN))
    return found


@pytest.fixture
def answers(organisation: Organisation) -> None:
    create_standard_instrument(organisation=organisation)
    version = InstrumentVersion.objects.get()
    keys = [f"1380013{number:04d}" for number in range(200)]
    ids = get_or_create_customers(organisation=organisation, keys=keys)
    Response.objects.bulk_create(
        Response(
            organisation=organisation,
            instrument_version=version,
            customer_id=pk,
            responded_at=NOON,
            stream="relationship",
        )
        for pk in ids.values()
    )


def test_a_share_is_drawn_by_chance_that_can_be_recomputed(
    client: Client, answers: None
):
    client.post(reverse("audits"), DRAW)
    sample = AuditSample.objects.get()
    drawn = set(sample.cases.values_list("response_id", flat=True))
    everybody = Response.objects.values_list("pk", flat=True)
    assert drawn == {pk for pk in everybody if chance_of(sample.seed, pk) < 0.2}
    assert 15 <= len(drawn) <= 70
    assert sample.base == 200
    assert (
        "138****"
        in client.get(reverse("audit-sample", args=[sample.pk])).content.decode()
    )


def test_checks_are_recorded_one_after_the_other_and_add_up(
    client: Client, answers: None
):
    client.post(reverse("audits"), DRAW)
    sample = AuditSample.objects.get()
    first, second, third = sample.cases.all()[:3]
    results = (
        (first, "confirmed", "false"),
        (second, "differs", "true"),
        (third, "not_reached", "true"),
    )
    for case, result, asked in results:
        answer = client.post(
            reverse("audit-case", args=[sample.pk, case.pk]),
            {"result": result, "was_asked_for_score": asked, "note": "电话核实"},
        )
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"/listen/quality/audits/{sample.pk}/")
    page = client.get(reverse("audit-sample", args=[sample.pk]))
    report = page.context["report"]
    assert (report.confirmed.hits, report.confirmed.n) == (1, 2)
    assert (report.asked_for_score.hits, report.asked_for_score.n) == (1, 2)
    assert report.open == report.drawn - 3
    low, high = report.confirmed.ends
    assert low < 50 < high
    assert AuditCase.objects.get(pk=first.pk).checked_by is not None


def test_days_without_answers_draw_nothing_and_say_so(client: Client, answers: None):
    page = client.post(
        reverse("audits"), {**DRAW, "since": "2026-01-01", "until": "2026-01-02"}
    )
    assert "没有抽到答卷" in page.content.decode()
    assert not AuditSample.objects.exists()
