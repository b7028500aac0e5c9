"""Webhooks: signed, repeated, paused, never inwards; through the pages."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django.fixtures import Settings

from tests.zhiyin.channels.receiver import Receiver, receiving
from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.channels.models import (
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
)
from zhiyin.channels.services import (
    Occasion,
    call_due,
    forget_subjects,
    queue_occasions,
    save_endpoint,
)
from zhiyin.channels.services.calling import BACK_OFF
from zhiyin.channels.webhook import call, networks, signature
from zhiyin.common import clock

pytestmark = pytest.mark.django_db

PAGES = "/settings/channels/webhooks/"
OWN_HOUSE = ["127.0.0.0/8"]


class Now:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 5, 3, 9, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.moment

    def forward(self, step: dt.timedelta) -> None:
        self.moment += step


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    made = Now()
    monkeypatch.setattr(clock, "now", made)
    return made


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW = OWN_HOUSE
    with receiving() as told:
        yield told


@pytest.fixture
def manager(person_with: Callable[..., Person]) -> Person:
    return person_with(Role.CX_MANAGER)


@pytest.fixture
def endpoint(
    organisation: Organisation, manager: Person, receiver: Receiver
) -> WebhookEndpoint:
    made = WebhookEndpoint(
        organisation=organisation,
        name="CRM",
        url=receiver.url,
        events=["response.created"],
    )
    save_endpoint(endpoint=made, by=manager)
    return made


def tell(endpoint: WebhookEndpoint, key: str = "response:1:1") -> WebhookDelivery:
    payload = {"type": "response.created", "data": {"comment": "信号差"}}
    occasion = Occasion(key, "response.created", "response:1", payload)
    queue_occasions(endpoint=endpoint, occasions=[occasion])
    return endpoint.deliveries.get(key=key)


def run() -> None:
    while call_due():
        pass


def test_an_endpoint_is_added_tried_out_and_its_call_verified_by_the_secret_shown(
    manager: Person,
    client_of: Callable[[Person], Client],
    receiver: Receiver,
):
    client = client_of(manager)
    form = {
        "name": "CRM",
        "url": receiver.url,
        "profile": "own",
        "events": ["response.created", "customer.opted_out"],
    }

    shown = client.post(f"{PAGES}new/", form)
    secret = shown.context["secret"]
    endpoint = WebhookEndpoint.objects.get()
    page = f"{PAGES}{endpoint.pk}/"
    tried = client.post(f"{page}test/", follow=True)
    run()
    headers, body = receiver.calls[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()

    assert secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert tried.status_code == 200
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert json.loads(body)["type"] == "webhook.test"
    read = client.get(tried.redirect_chain[-1][0]).content.decode()
    assert "收到" in read
    assert secret not in client.get(page).content.decode()


def test_the_signature_is_the_one_of_the_specification():
    """The example that the specification's own libraries are tested with."""
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_for_a_day_calls_carry_the_signatures_of_both_secrets(
    endpoint: WebhookEndpoint,
    manager: Person,
    client_of: Callable[[Person], Client],
    receiver: Receiver,
    now: Now,
):
    renewed = client_of(manager).post(f"{PAGES}{endpoint.pk}/secret/")
    tell(endpoint)
    run()
    now.forward(dt.timedelta(hours=25))
    tell(endpoint, "response:2:1")
    run()

    first, second = (one[0]["webhook-signature"].split() for one in receiver.calls)
    assert (len(first), len(second)) == (2, 1)
    assert renewed.context["secret"].startswith("whsec_")


def test_the_same_occasion_is_told_once(endpoint: WebhookEndpoint, receiver: Receiver):
    tell(endpoint)
    run()
    tell(endpoint)
    run()

    assert len(receiver.calls) == 1


def test_a_call_is_repeated_for_three_days_under_one_id_and_then_given_up(
    endpoint: WebhookEndpoint,
    receiver: Receiver,
    now: Now,
):
    receiver.statuses = [500]
    began = now.moment
    delivery = tell(endpoint)
    for step in (*BACK_OFF, dt.timedelta()):
        run()
        now.forward(step)
    run()

    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert delivery.state == DeliveryState.FAILED
    assert len(receiver.calls) == len(BACK_OFF) + 1
    assert len({headers["webhook-id"] for headers, _body in receiver.calls}) == 1
    assert now.moment - began > dt.timedelta(days=3)
    assert not endpoint.is_enabled
    assert endpoint.disabled_because


def test_what_was_refused_once_is_taken_later(
    endpoint: WebhookEndpoint,
    receiver: Receiver,
    now: Now,
):
    receiver.statuses = [503, 204]
    delivery = tell(endpoint)
    run()
    now.forward(BACK_OFF[0])
    run()

    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 2)
    assert endpoint.failing_since is None


def test_a_receiver_that_says_gone_is_called_no_more(
    endpoint: WebhookEndpoint,
    receiver: Receiver,
):
    receiver.statuses = [410]
    tell(endpoint)
    run()
    tell(endpoint, "response:2:1")
    run()

    endpoint.refresh_from_db()
    assert len(receiver.calls) == 1
    assert not endpoint.is_enabled


def test_redirects_are_not_followed(endpoint: WebhookEndpoint, receiver: Receiver):
    receiver.statuses = [302]
    delivery = tell(endpoint)
    run()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.state) == (302, DeliveryState.WAITING)
    assert len(receiver.calls) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://2130706433:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[fe80::1]/",
        "ftp://example.com/",
        "http://user:pass@example.com/",
    ],
)
def test_addresses_inside_are_never_called(url: str):
    with receiving() as told:
        port = told.url.rstrip("/").rpartition(":")[2]
        outcome = call(url.format(port=port), b"{}", {})

    assert outcome.status == 0
    assert outcome.error
    assert not told.calls


def test_networks_that_the_installation_names_may_be_called():
    with receiving() as told:
        assert call(told.url, b"{}", {}, networks(OWN_HOUSE)).is_taken


def test_a_worker_that_dies_in_a_call_leaves_it_due_again(
    endpoint: WebhookEndpoint,
    receiver: Receiver,
    now: Now,
    monkeypatch: pytest.MonkeyPatch,
):
    class Killed(BaseException):
        pass

    def die(*_args: Any) -> None:
        raise Killed

    delivery = tell(endpoint)
    with monkeypatch.context() as patch:
        patch.setattr("zhiyin.channels.services.calling.call", die)
        with pytest.raises(Killed):
            call_due()
    run()
    assert not receiver.calls
    now.forward(dt.timedelta(minutes=3))
    run()

    delivery.refresh_from_db()
    assert (delivery.state, len(receiver.calls)) == (DeliveryState.DELIVERED, 1)


def test_a_paused_endpoint_keeps_its_calls_and_a_told_one_is_told_again(
    endpoint: WebhookEndpoint,
    manager: Person,
    client_of: Callable[[Person], Client],
    receiver: Receiver,
):
    client, page = client_of(manager), f"{PAGES}{endpoint.pk}/"
    client.post(f"{page}enable/", {"enabled": "0"})
    delivery = tell(endpoint)
    run()
    assert not receiver.calls
    client.post(f"{page}enable/", {"enabled": "1"})
    run()
    client.post(f"{page}calls/{delivery.pk}/again/")
    run()

    ids = [headers["webhook-id"] for headers, _body in receiver.calls]
    assert ids == [delivery.webhook_id] * 2


def test_an_erased_answer_is_gone_from_what_was_told(
    endpoint: WebhookEndpoint,
    manager: Person,
    client_of: Callable[[Person], Client],
    receiver: Receiver,
):
    delivery = tell(endpoint)
    forget_subjects(
        organisation_id=endpoint.organisation_id, subjects=[delivery.subject]
    )
    run()
    client = client_of(manager)
    client.post(f"{PAGES}{endpoint.pk}/calls/{delivery.pk}/again/")
    run()

    assert not receiver.calls
    shown = client.get(f"{PAGES}{endpoint.pk}/calls/{delivery.pk}/")
    assert "信号差" not in shown.content.decode()


def test_who_may_not_export_answers_may_not_have_them_sent_elsewhere(
    endpoint: WebhookEndpoint,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
):
    administrator = person_with(Role.SYS_ADMIN)
    client, page = client_of(administrator), f"{PAGES}{endpoint.pk}/"
    delivery = tell(endpoint)

    assert client.get(page).status_code == 200
    assert client.get(f"{page}edit/").status_code == 403
    seen = client.get(f"{page}calls/{delivery.pk}/").content.decode()
    assert "信号差" not in seen
    with pytest.raises(PermissionDenied):
        save_endpoint(endpoint=endpoint, by=administrator)
