"""Star customers on a new network: more urgent cases, and a split of their own."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.act.cases.pages.conftest import WORDS
from zhiyin.accounts.models import Person
from zhiyin.act.alerts.models import AlertRule
from zhiyin.act.alerts.services import save_rule, switch_on
from zhiyin.act.cases.models import Case
from zhiyin.common import worker
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.surveys.services import create_standard_instrument

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(manager: Person, as_manager: Client) -> Callable[[str, str, str], Case]:
    """Tell an answer of 5 with the customer fields through the API; give its case."""
    instrument = create_standard_instrument(organisation=manager.organisation)
    link = create_link(
        organisation=manager.organisation, instrument=instrument, name="官网"
    )
    condition = {"fact": "class", "op": "is", "value": "detractor"}
    rule = AlertRule(
        organisation=manager.organisation, name="贬损者", condition=condition
    )
    save_rule(rule=rule, by=manager)
    switch_on(rule=rule, by=manager)

    def make(customer: str, level: str, generation: str) -> Case:
        given = {
            "link": link.slug, "score": 5, "comment": WORDS, "customer": customer,
            "attributes": {"member_level": level, "generation": generation},
        }  # fmt: skip
        sent = as_manager.post(
            "/api/v1/responses", json.dumps(given), "application/json"
        )
        assert sent.status_code < 300, sent.content.decode()
        tasks = {task.name: task.run_once for task in worker.registered()}
        for name in ("alerts.screen", "cases.open"):
            tasks[name]()
        return Case.objects.latest("pk")

    return make


@pytest.mark.requirement("R000-57")
def test_the_same_answer_is_more_urgent_from_a_star_customer_on_5g(
    told: Callable[[str, str, str], Case], as_manager: Client
) -> None:
    told("13800138000", "五星", "5G")
    general = "/act/cases/rules/general/"
    form = as_manager.get(general).context["form"]
    sent = {field.html_name: field.value() for field in form}
    sent |= {"fact_star": "member_level", "fact_network": "generation"}
    assert as_manager.post(general, sent).status_code == 302

    star, plain = told("13800138001", "五星", "5G"), told("13800138002", "一星", "4G")

    assert (star.level.code, plain.level.code) == ("P1", "P3")
    assert star.resolve_by < plain.resolve_by
    queue = as_manager.get("/act/cases/?star=五星").content.decode()
    assert f"/act/cases/{star.pk}/" in queue
    assert f"/act/cases/{plain.pk}/" not in queue
    report = as_manager.get("/api/v1/loop?by=star_tier").json()
    assert {each["name"]: each["cases"] for each in report["groups"]} == {
        "五星": 1, "一星": 1,
    }  # fmt: skip
    by_network = as_manager.get("/act/loop/?by=network").content.decode()
    assert "5G" in by_network[by_network.index('id="groups"') :]
