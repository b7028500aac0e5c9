"""An organisation with the standard rules of cases, people, and an unhappy customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zhiyin.accounts.models import Department, Organisation, Person, Role
from zhiyin.accounts.services import add_department
from zhiyin.act.cases.models import Case
from zhiyin.act.cases.services import Matter, load_defaults, open_case
from zhiyin.listen.customers.services import get_or_create_customer
from zhiyin.listen.programs.models import Stream, Touchpoint
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.services import create_standard_instrument

PHONE = "13800138000"
WORDS = "等了三天没人上门，打热线又要我重复一遍。"


@pytest.fixture
def rules(organisation: Organisation, settings: Any, tmp_path: Path) -> Organisation:
    settings.MEDIA_ROOT = tmp_path
    load_defaults(organisation=organisation)
    return organisation


@pytest.fixture
def hall(organisation: Organisation) -> Department:
    return add_department(organisation=organisation, code="h1", name="西湖厅")


@pytest.fixture
def other_hall(organisation: Organisation) -> Department:
    return add_department(organisation=organisation, code="h2", name="拱墅厅")


@pytest.fixture
def manager(person_with: Callable[..., Person], rules: Organisation) -> Person:
    return person_with(Role.CX_MANAGER)


@pytest.fixture
def agent(
    person_with: Callable[..., Person], hall: Department, rules: Organisation
) -> Person:
    return person_with(Role.AGENT, department=hall)


@pytest.fixture
def lead(
    person_with: Callable[..., Person], hall: Department, rules: Organisation
) -> Person:
    return person_with(Role.TEAM_LEAD, department=hall)


@pytest.fixture
def as_manager(client_of: Callable[[Person], Client], manager: Person) -> Client:
    return client_of(manager)


@pytest.fixture
def as_agent(client_of: Callable[[Person], Client], agent: Person) -> Client:
    return client_of(agent)


@pytest.fixture
def answer(organisation: Organisation, hall: Department) -> Callable[..., Response]:
    """Let a customer answer with a score and words."""
    touchpoint = Touchpoint.objects.create(
        organisation=organisation, code="TP_BB_FAULT", name="宽带修障"
    )
    link = create_link(
        organisation=organisation,
        instrument=create_standard_instrument(
            organisation=organisation, standard="nps-transactional"
        ),
        name="修障",
        stream=Stream.TRANSACTIONAL,
        touchpoint=touchpoint,
    )

    def make(score: int = 1, comment: str = WORDS, key: str = PHONE) -> Response:
        given = GivenResponse(score=score, comment=comment)
        response = receive_response(link=link, given=given)[0]
        response.customer = get_or_create_customer(organisation=organisation, key=key)
        response.department = hall
        response.save()
        return response

    return make


@pytest.fixture
def case_with(
    rules: Organisation, answer: Callable[..., Response]
) -> Callable[..., Case]:
    """Open a case from an answer; `matter` goes beside it."""

    def make(
        score: int = 1, comment: str = WORDS, key: str = PHONE, **matter: Any
    ) -> Case:
        response = answer(score, comment, key)
        matter = {"response": response, "customer": response.customer, **matter}
        return open_case(organisation=rules, matter=Matter(**matter), by=None)

    return make
