"""What a widget on another site may do, and what its server decides."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.listen.contacts.models import ContactDecision
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.programs.models import SurveyLink, Widget
from zhiyin.listen.programs.queries.widgets import clean_origin, signature_of
from zhiyin.listen.programs.services.widgets import save_widget
from zhiyin.listen.responses.models import Response

SHOP = "https://shop.example"
SCRIPT = Path("src/zhiyin/site/static/zhiyin/widget.js")
LARGEST_SCRIPT_BYTES = 12_000

pytestmark = pytest.mark.usefixtures("patient")


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


@pytest.fixture
def call(client: Client, widget: Widget) -> Callable[..., Any]:
    """Send to the widget's address as a page of the shop would."""

    def send(step: str, content: Any = None, origin: str = SHOP) -> Any:
        return client.post(
            f"/w/{widget.public_id}/{step}/",
            json.dumps({"lang": "zh-hans", **(content or {})}),
            content_type="application/json",
            headers={"origin": origin},
        )

    return send


def fields(**given: Any) -> list[list[str]]:
    return [[f"item-{name}", str(value)] for name, value in given.items()]


def test_script_is_small_and_open_to_every_site(client: Client) -> None:
    text = SCRIPT.read_bytes()
    assert len(gzip.compress(text, 9)) < LARGEST_SCRIPT_BYTES
    for forbidden in (b"eval(", b"innerHTML", b".style", b"document.cookie"):
        assert forbidden not in text
    answer = client.get("/w/widget.js")
    assert answer.content == text
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_visitor_scores_and_explains_in_the_widget(
    call: Callable[..., Any], widget: Widget
) -> None:
    begun = call("open").json()
    assert begun["page"]["items"][0]["text"] == "您有多大可能性将华星推荐给朋友或同事？"
    code = begun["page"]["items"][0]["code"]
    step = {"stamp": begun["stamp"], "page": 0, "fields": fields(**{code: 3})}
    following = call("answer", step).json()["page"]
    assert Response.objects.get().answers.get().score == 3
    words = next(item for item in following["items"] if item["shape"] == "text")
    step |= {"page": following["number"], "fields": [[words["name"], "信号差"]]}
    assert call("answer", step).json()["done"]
    response = Response.objects.get()
    assert (response.comment, response.channel) == ("信号差", "widget")
    assert response.completed_at is not None
    day = widget.days.get()
    assert (day.shown, day.answered) == (1, 1)


def test_only_the_sites_named_may_ask(
    client: Client, call: Callable[..., Any], widget: Widget
) -> None:
    refused = call("open", origin="https://evil.example")
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused
    assert not widget.days.exists()
    asked = client.options(
        f"/w/{widget.public_id}/open/", headers={"origin": f"{SHOP}.evil.example"}
    )
    assert asked.status_code == 403
    allowed = client.options(f"/w/{widget.public_id}/open/", headers={"origin": SHOP})
    assert allowed.status_code == 204
    assert allowed["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in allowed
    config = client.get(f"/w/{widget.public_id}/config/", headers={"origin": SHOP})
    assert "max-age" in config["Cache-Control"]
    assert not config.cookies


def test_signed_customer_is_known_and_not_asked_twice(
    call: Callable[..., Any], widget: Widget
) -> None:
    attributes = {"plan": "gold"}
    signature = signature_of(widget.secret, "C-1001", attributes)
    who = {"id": "C-1001", "attributes": attributes, "signature": signature}
    begun = call("open", {"who": who}).json()
    code = begun["page"]["items"][0]["code"]
    step = {"stamp": begun["stamp"], "page": 0, "fields": fields(**{code: 9})}
    call("answer", step | {"who": who})
    response = Response.objects.select_related("customer").get()
    assert response.customer is not None
    assert response.attributes == {"plan": "gold"}
    assert ContactDecision.objects.get(verdict="allowed").answered_at is not None
    again = call("open", {"who": who}).json()
    assert (again["asked"], again["reason"]) == (False, "contact_policy")


def test_nobody_claims_to_be_somebody_else(
    call: Callable[..., Any], widget: Widget
) -> None:
    signature = signature_of(widget.secret, "C-1001", {})
    for who in (
        {"id": "C-1002", "signature": signature},
        {"id": "C-1001", "attributes": {"plan": "gold"}, "signature": signature},
    ):
        assert call("open", {"who": who}).status_code == 403
    assert not Customer.objects.exists()


def test_unsigned_words_are_kept_as_said_and_name_nobody(
    call: Callable[..., Any],
) -> None:
    who = {"id": "C-1", "attributes": {"page_kind": "help", "vip": "yes"}}
    begun = call("open", {"who": who}).json()
    code = begun["page"]["items"][0]["code"]
    step = {"stamp": begun["stamp"], "page": 0, "fields": fields(**{code: 7})}
    call("answer", step | {"who": who})
    response = Response.objects.get()
    assert response.customer is None
    assert list(response.attributes.values()) == ["help"]
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 60_000,
        b'{"stamp": 3, "fields": {"a": 1}}',
        b'{"stamp": "x~y", "page": "0", "fields": [[1], 2, ["a", {}]]}',
        b'{"who": {"attributes": {"a b": 1}}, "stamp": ""}',
        b"{" + b" " * 70_000 + b"}",
    ],
)
def test_nonsense_is_refused_with_a_reason(
    client: Client, widget: Widget, content: bytes
) -> None:
    answer = client.post(
        f"/w/{widget.public_id}/answer/",
        content,
        content_type="application/json",
        headers={"origin": SHOP},
    )
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert not Response.objects.exists()


def test_score_off_the_scale_is_asked_again(call: Callable[..., Any]) -> None:
    begun = call("open").json()
    code = begun["page"]["items"][0]["code"]
    step = {"stamp": begun["stamp"], "page": 0, "fields": fields(**{code: 11})}
    again = call("answer", step).json()["page"]
    assert again["items"][0]["fault"]
    assert not Response.objects.exists()


def test_widget_that_is_not_live_asks_nobody(
    client: Client, call: Callable[..., Any], widget: Widget
) -> None:
    Widget.objects.update(is_live=False)
    assert call("open").json() == {"asked": False, "reason": "closed"}
    config = client.get(f"/w/{widget.public_id}/config/", headers={"origin": SHOP})
    assert config.json()["live"] is False


def test_origin_is_written_as_browsers_send_it() -> None:
    assert clean_origin("HTTPS://Shop.Example:443/") == SHOP
    assert clean_origin("http://127.0.0.1:8080") == "http://127.0.0.1:8080"
    for wrong in ("shop.example", "https://shop.example/a", "https://*", "ftp://a.b"):
        with pytest.raises(ValueError, match=r"shop\.example"):
            clean_origin(wrong)


def test_staff_make_a_widget_and_try_it(
    organisation: Organisation,
    link: SurveyLink,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    client = client_of(person_with(Role.CX_MANAGER))
    given = {
        "name": "商城", "link": link.pk, "shape": "popover", "corner": "left",
        "accent": "#AA0000", "origins": "https://Shop.example/\nhttp://a.example:81",
        "events": "paid, left", "seconds": "20", "share": "50", "after_answer": "60",
        "said": "page_kind",
    }  # fmt: skip
    made = client.post("/listen/widgets/new/", given)
    widget = Widget.objects.get()
    assert made["Location"] == f"/listen/widgets/{widget.pk}/"
    assert widget.origins == [SHOP, "http://a.example:81"]
    assert widget.triggers == {"events": ["paid", "left"], "seconds": 20}
    expected = {"share": 50, "after_answer": 60, "after_dismissal": None}
    assert widget.frequency == expected
    page = client.get(made["Location"]).content.decode()
    assert f"data-widgets=&quot;{widget.public_id}&quot;" in page
    edited = client.get(f"{made['Location']}edit/").content.decode()
    assert "paid\nleft" in edited
    base = f"{made['Location']}try/{widget.public_id}"
    assert client.get(f"{base}/config/").json()["live"]
    first = client.post(f"{base}/open/", "{}", content_type="application/json").json()
    code = first["page"]["items"][0]["code"]
    sent = json.dumps({"page": 0, "fields": fields(**{code: 2})})
    following = client.post(f"{base}/answer/", sent, content_type="application/json")
    assert following.json()["page"]["items"]
    assert not Response.objects.exists()
    assert not widget.days.exists()
