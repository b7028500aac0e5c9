"""An operator whose people Delighted's clients talk to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhiyin.accounts.models import Organisation, Person, Role, RoleAssignment
from zhiyin.accounts.services import create_api_token
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import create_standard_instrument


@pytest.fixture(autouse=True)
def lake_root(settings: Any, tmp_path: Path) -> Path:
    settings.LAKE_ROOT = tmp_path / "lake"
    return settings.LAKE_ROOT


@pytest.fixture
def questionnaire(organisation: Organisation) -> Instrument:
    return create_standard_instrument(organisation=organisation)


@pytest.fixture
def key(person_with: Callable[..., Person], questionnaire: Instrument) -> str:
    person = person_with(Role.CX_MANAGER)
    RoleAssignment.objects.create(person=person, role=Role.PRIVACY_OFFICER)
    return create_api_token(person=person, name="delighted").secret
