"""An organisation with a hall, its people, a survey and rules in force."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.act.alerts.models import AlertRule
from zhiyin.act.alerts.services import save_rule, switch_on
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import create_standard_instrument

DETRACTOR = {"fact": "class", "op": "is", "value": "detractor"}


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_ROOT = tmp_path / "lake"
    settings.HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def manager(person_with: Callable[..., Person]) -> Person:
    return person_with(Role.CX_MANAGER)


@pytest.fixture
def city(organisation: Organisation) -> Department:
    return add_department(organisation=organisation, code="hz", name="杭州")


@pytest.fixture
def hall(organisation: Organisation, city: Department) -> Department:
    return add_department(
        organisation=organisation, code="hz-1", name="武林厅", parent=city
    )


@pytest.fixture
def questionnaire(organisation: Organisation) -> Instrument:
    return create_standard_instrument(organisation=organisation)


@pytest.fixture
def link(
    organisation: Organisation,
    questionnaire: Instrument,
    hall: Department,
) -> SurveyLink:
    return create_link(
        organisation=organisation,
        instrument=questionnaire,
        name="营业厅",
        department=hall,
    )


@pytest.fixture
def rule_with(organisation: Organisation, manager: Person) -> Callable[..., AlertRule]:
    """Make a rule in force; unless told otherwise, of detractors."""

    def make(*, is_on: bool = True, **given: Any) -> AlertRule:
        rule = AlertRule(
            organisation=organisation,
            **{"name": "贬损者", "condition": DETRACTOR, **given},
        )
        save_rule(rule=rule, by=manager)
        if is_on:
            switch_on(rule=rule, by=manager)
        return rule

    return make


@pytest.fixture
def answer(link: SurveyLink) -> Callable[..., Response]:
    """Give an answer as another program hands it over."""

    def give(
        score: int = 2,
        comment: str = "信号差",
        key: str = "13800138000",
        **given: Any,
    ) -> Response:
        what = GivenResponse(score=score, comment=comment, customer_key=key, **given)
        return receive_response(link=link, given=what)[0]

    return give
