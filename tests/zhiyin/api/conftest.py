"""Callers of the API: a person's token, and a client that sends it along."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import Client

from zhiyin.accounts.models import EVERYTHING, Person, Role
from zhiyin.accounts.services import create_api_token

Caller = Callable[..., Any]


@pytest.fixture
def caller(person_with: Callable[..., Person]) -> Callable[..., Caller]:
    """Make a caller with a role and a token limited to scopes."""

    def make(
        role: Role = Role.CX_MANAGER,
        scopes: Sequence[str] = (EVERYTHING,),
        **extra: Any,
    ) -> Caller:
        person = person_with(role, **extra)
        token = create_api_token(person=person, name="t", scopes=scopes).secret

        def call(method: str, path: str, payload: Any = None, key: str = "") -> Any:
            headers = {"authorization": f"Bearer {token}"}
            if key:
                headers["idempotency-key"] = key
            body = "" if payload is None else json.dumps(payload)
            return Client().generic(
                method,
                path if path.startswith("http") else f"/api/v1{path}",
                body,
                content_type="application/json",
                headers=headers,
            )

        return call

    return make
