"""Fixtures of the application: organisations, people, a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from zhiyin.accounts.models import (
    Department,
    Organisation,
    Person,
    Role,
    RoleAssignment,
)
from zhiyin.listen.surveys.queries import snapshots

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Forget published versions: under a fixed clock ids and moments come again."""
    snapshots._published.cache_clear()


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(code="huaxing", name="华星通信", brand="华星")


@pytest.fixture
def other_organisation(db: None) -> Organisation:
    return Organisation.objects.create(code="beichen", name="北辰通信", brand="北辰")


@pytest.fixture
def person_with(organisation: Organisation) -> Callable[..., Person]:
    """Make a person with a role; `department` limits the role to a subtree."""
    made = 0

    def make(
        role: Role = Role.CX_MANAGER,
        *,
        organisation: Organisation = organisation,
        department: Department | None = None,
        **extra: Any,
    ) -> Person:
        nonlocal made
        made += 1
        person = Person.objects.create_user(
            f"{role}.{made}@{organisation.code}.example",
            PASSWORD,
            name=f"{role} {made}",
            organisation=organisation,
            **extra,
        )
        RoleAssignment.objects.create(person=person, role=role, department=department)
        return person

    return make


@pytest.fixture
def client_of() -> Callable[[Person], Client]:
    """Return a logged-in test client of a person."""

    def make(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return make


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the whole session."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    sync_api = pytest.importorskip("playwright.sync_api")
    if not os.path.exists(CHROMIUM):  # noqa: PTH110
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-sync"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A desktop page, 1440 px wide, in Simplified Chinese."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale="zh-CN",
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    """A phone's page, 390 px wide, without JavaScript, in Simplified Chinese."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="zh-CN",
        java_script_enabled=False,
        is_mobile=True,
        has_touch=True,
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def log_in(live_server: Any) -> Callable[[Any, Person], None]:
    """Log a person in through the login page of the live server."""

    def enter(page: Any, person: Person) -> None:
        page.goto(f"{live_server.url}/account/login/")
        page.fill("input[name=login]", person.email)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(f"{live_server.url}/")

    return enter
