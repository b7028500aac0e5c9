"""Whatever a page sends to a widget, the server answers in words and goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiyin.accounts.models import Organisation
from zhiyin.listen.programs.models import SurveyLink, Widget
from zhiyin.listen.programs.services.widgets import save_widget
from zhiyin.listen.responses.models import Answer, Response

SHOP = "https://shop.example"

pytestmark = pytest.mark.usefixtures("patient")

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=True)
    | st.text(max_size=40)
    | st.sampled_from(
        ["\x00", "item-", "<script>", "10", "-1", "9" * 400, "٣", "１０"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=8,
)
KNOWN = ("stamp", "page", "fields", "who", "lang", "said", "url")
replaced = st.dictionaries(st.sampled_from(KNOWN), junk, max_size=3)


@pytest.fixture
def widget(organisation: Organisation, link: SurveyLink) -> Widget:
    made = Widget(
        organisation=organisation,
        name="商城",
        link=link,
        origins=[SHOP],
        said=["page_kind"],
        is_live=True,
    )
    return save_widget(widget=made)


def sent(client: Client, widget: Widget, step: str, body: bytes) -> Any:
    answer = client.post(
        f"/w/{widget.public_id}/{step}/",
        body,
        content_type="application/json",
        headers={"origin": SHOP},
    )
    assert answer.status_code < 500
    return answer.json()


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(step=st.sampled_from(["open", "answer"]), change=replaced, raw=st.none() | junk)
def test_messages_of_any_shape_break_nothing(
    client: Client,
    widget: Widget,
    step: str,
    change: dict[str, Any],
    raw: Any,
) -> None:
    begun = sent(client, widget, "open", b'{"lang": "en"}')
    code = begun["page"]["items"][0]["code"]
    honest = {
        "lang": "en",
        "stamp": begun["stamp"],
        "page": 0,
        "fields": [[f"item-{code}", "7"]],
    }
    message = {**honest, **change} if raw is None else raw
    said = sent(client, widget, step, json.dumps(message).encode())
    assert isinstance(said, dict)
    scores = Answer.objects.exclude(score=None).values_list("score", flat=True)
    assert all(0 <= score <= 10 for score in scores)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.binary(max_size=200))
def test_bytes_that_are_no_message_are_refused(
    client: Client, widget: Widget, body: bytes
) -> None:
    assert "problem" in sent(client, widget, "answer", body)
    assert not Response.objects.exists()
