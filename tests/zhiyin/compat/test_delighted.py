"""Delighted's own Python package, unmodified, against our server."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from zhiyin.accounts.models import Organisation, Person, Role
from zhiyin.accounts.services import create_api_token
from zhiyin.analyze.lake.services import sync_organisation
from zhiyin.common import clock, worker
from zhiyin.listen.contacts.models import ContactDecision
from zhiyin.listen.customers.models import ContactPoint, Customer
from zhiyin.listen.programs.models import FrameMember, FrameState, Programme
from zhiyin.listen.responses.models import Response

with warnings.catch_warnings():
    # The package says at import that the service behind it ends.
    warnings.simplefilter("ignore", FutureWarning)
    import delighted

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], Any]


@pytest.fixture
def client_of_key(live_server: LiveServer) -> ClientOf:
    def make(secret: str) -> Any:
        return delighted.Client(
            api_key=secret,
            api_base_url=f"{live_server.url}/compat/delighted/v1/",
        )

    return make


def test_people_are_kept_asked_listed_and_forgotten(
    client_of_key: ClientOf,
    key: str,
):
    client = client_of_key(key)
    sent = int(dt.datetime(2026, 1, 2, tzinfo=dt.UTC).timestamp())

    made = delighted.Person.create(
        client=client,
        email="Wang@mail.example",
        phone_number="+8613800138000",
        name="王",
        delay=3600,
        last_sent_at=sent,
        properties={"locale": "zh-CN", "question_product_name": "宽带", "city": "成都"},
    )
    delighted.Person.create(client=client, phone_number="13900139000", channel="sms")
    delighted.Person.create(client=client, email="li@mail.example", send=False)

    member = FrameMember.objects.get(programme__code="delighted")
    assert made.id == str(member.customer_id)
    assert made.survey_scheduled_at == int(member.due_at.timestamp())
    assert dt.timedelta(minutes=59) < member.due_at - clock.now()
    assert member.state == FrameState.WAITING
    assert member.attributes["product"] == "宽带"
    assert Customer.objects.get(pk=made.id).language == "zh-hans"
    assert ContactDecision.objects.get().decided_at.timestamp() == sent
    assert FrameMember.objects.filter(programme__code="delighted-sms").count() == 1
    assert not Programme.objects.filter(is_live=True).exists()

    pages = delighted.Person.list(client=client, per_page=2).auto_paging_iter()
    assert [person["email"] for person in pages] == [
        "wang@mail.example",
        None,
        "li@mail.example",
    ]

    pending = delighted.SurveyRequest.delete_pending(
        client=client, person_email="wang@mail.example"
    )
    member.refresh_from_db()
    assert (pending, member.state) == ({"ok": True}, FrameState.CANCELLED)
    assert delighted.Person.delete(client=client, email="wang@mail.example") == {
        "ok": True
    }
    worker.drain()
    assert not Customer.objects.filter(pk=made.id).exclude(key_encrypted=b"").exists()


def test_answers_are_handed_over_read_changed_and_measured(
    client_of_key: ClientOf,
    key: str,
    organisation: Organisation,
):
    client = client_of_key(key)
    person = delighted.Person.create(
        client=client, email="wang@mail.example", send=False
    )
    scores = [10, 9, 9, 8, 3] * 8
    made = [
        delighted.SurveyResponse.create(
            client=client,
            person=person.id,
            score=score,
            comment="信号差" if score == 3 else "不错",
            created_at=1_767_225_600 + number,
            person_properties={"city": "成都"},
        )
        for number, score in enumerate(scores)
    ]

    assert (made[0].score, made[0].person) == (10, person.id)
    shown = delighted.SurveyResponse.all(
        client=client, expand=["person"], per_page=3, order="desc"
    )
    assert [each.score for each in shown] == [3, 8, 9]
    assert shown[0].person.email == "wang@mail.example"
    since = delighted.SurveyResponse.all(client=client, since=1_767_225_600 + 38)
    assert [each.id for each in since] == [made[38].id, made[39].id]

    changed = delighted.SurveyResponse.retrieve(made[39].id, client=client)
    changed.score, changed.comment = 4, "信号好些了"
    saved = changed.save(client=client)
    assert (saved.score, saved.comment) == (4, "信号好些了")
    answer = Response.objects.get(pk=made[39].id)
    assert answer.answers.get(is_primary=True).score == 4

    sync_organisation(organisation=organisation)
    metrics = delighted.Metrics.retrieve(client=client)
    assert (metrics.nps, metrics.response_count) == (40, 40)
    assert (metrics.promoter_count, metrics.detractor_count) == (24, 8)
    assert metrics.nps_low < metrics.nps_exact < metrics.nps_high
    empty = delighted.Metrics.retrieve(client=client, since=1_767_571_200)
    assert empty.response_count == 0


def test_who_left_and_whose_mail_came_back_is_listed(
    client_of_key: ClientOf, key: str, settings: Settings
):
    client = client_of_key(key)
    person = delighted.Person.create(
        client=client, email="wang@mail.example", send=False
    )
    gone = delighted.Unsubscribe.create(client=client, person_email="new@mail.example")
    delighted.Unsubscribe.create(client=client, person_email="wang@mail.example")
    ContactPoint.objects.filter(customer=person.id).update(unusable_since=clock.now())

    assert gone == {"ok": True}
    left = {each.email for each in delighted.Unsubscribe.all(client=client)}
    assert left == {"new@mail.example", "wang@mail.example"}
    (bounce,) = delighted.Bounce.all(client=client)
    assert (bounce.person_id, bounce.email) == (person.id, "wang@mail.example")

    with pytest.raises(delighted.errors.ResourceValidationError, match="waves"):
        delighted.AutopilotConfiguration.retrieve("email", client=client)
    with pytest.raises(delighted.errors.ResourceValidationError, match="邮箱"):
        delighted.Person.create(client=client, email="nobody")

    def call_twice() -> None:
        # The first one may be the first of a new minute.
        for _ in range(2):
            delighted.Unsubscribe.all(client=client)

    settings.API_CALLS_PER_MINUTE = 0
    with pytest.raises(delighted.errors.TooManyRequestsError) as refused:
        call_twice()
    assert 1 <= refused.value.retry_after <= 61


def test_addresses_stay_masked_for_who_may_not_reveal_them(
    client_of_key: ClientOf,
    key: str,
    person_with: Callable[..., Person],
):
    delighted.Person.create(client=client_of_key(key), email="wang@mail.example")
    analyst = create_api_token(person=person_with(Role.ANALYST), name="a").secret
    executive = create_api_token(person=person_with(Role.EXECUTIVE), name="e").secret
    narrow = create_api_token(
        person=person_with(Role.CX_MANAGER), name="n", scopes=["metrics:read"]
    ).secret

    pages = delighted.Person.list(client=client_of_key(analyst)).auto_paging_iter()
    assert [each["email"] for each in pages] == ["w***@mail.example"]
    for secret in (executive, narrow):
        with pytest.raises(delighted.errors.GeneralAPIError):
            delighted.SurveyResponse.all(client=client_of_key(secret))
    with pytest.raises(delighted.errors.AuthenticationError):
        delighted.Metrics.retrieve(client=client_of_key("zy_wrong"))
