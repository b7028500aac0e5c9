"""Whatever is sent to any described operation, the server never breaks."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from zhiyin.accounts.models import Organisation, Person, Role, RoleAssignment
from zhiyin.accounts.services import create_api_token
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.surveys.services import create_standard_instrument
from zhiyin.site.api import api

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

pytestmark = pytest.mark.django_db(transaction=False)

EXAMPLES = 6


def described() -> Any:
    return schemathesis.openapi.from_dict(
        api.get_openapi_schema(path_prefix="/api/v1/")
    )


def operations() -> list[tuple[str, str]]:
    found = [one.ok() for one in described().get_all_operations()]
    return [(one.method.upper(), one.path) for one in found]


@pytest.fixture
def token(
    organisation: Organisation,
    person_with: Callable[..., Person],
    settings: Any,
    tmp_path: Any,
) -> str:
    settings.LAKE_ROOT = tmp_path / "lake"
    settings.API_CALLS_PER_MINUTE = 1_000_000
    person = person_with(Role.CX_MANAGER)
    for role in (Role.SYS_ADMIN, Role.PRIVACY_OFFICER):
        RoleAssignment.objects.create(person=person, role=role)
    instrument = create_standard_instrument(organisation=organisation)
    create_link(organisation=organisation, instrument=instrument, name="官网")
    return create_api_token(person=person, name="t").secret


def send(token: str, case: Any) -> Any:
    """Send a made-up call the way a client would."""
    built = case.as_transport_kwargs(base_url="http://testserver")
    import requests

    prepared = requests.Request(
        **{name: built[name] for name in ("method", "url", "headers", "params", "json",
                                           "data", "cookies", "files") if name in built}
    ).prepare()  # fmt: skip
    headers = {
        name: text
        for name, text in prepared.headers.items()
        if name.lower() not in {"content-length", "authorization"}
    }
    return Client(raise_request_exception=True).generic(
        prepared.method,
        prepared.path_url,
        prepared.body or b"",
        content_type=prepared.headers.get("Content-Type", "application/json"),
        headers=headers | {"authorization": f"Bearer {token}"},
    )


@pytest.mark.parametrize(("method", "path"), operations())
def test_no_call_breaks_the_server(token: str, method: str, path: str):
    operation = described()[path][method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def walk(data: Any) -> None:
        answer = send(token, data.draw(operation.as_strategy()))
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"

    walk()
