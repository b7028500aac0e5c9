"""Colleagues come in by an invitation that works once, for seven days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from zhiyin.accounts.models import (
    AuditEntry,
    ColleagueInvitation,
    Organisation,
    Person,
    Role,
)
from zhiyin.accounts.services import add_department, add_person, deactivate_person

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "staple-battery-9"
PersonMaker = Callable[..., Person]


def invitation_form(**changes: object) -> dict[str, object]:
    form = {
        "email": "li@huaxing.example",
        "name": "李明",
        "role": Role.ANALYST,
        "department": "",
        "language": "zh-hans",
    }
    return form | changes


def invite(client: Client, **changes: object):
    return client.post("/settings/people/invite/", invitation_form(**changes))


def link_in(text: str) -> str:
    found = re.search(r"http://testserver(/account/join/[\w-]+/)", text)
    assert found, text
    return found.group(1)


def come_in(link: str, **changes: str) -> tuple[Client, object]:
    client = Client()
    form = {
        "name": "李明",
        "password": NEW_PASSWORD,
        "password_again": NEW_PASSWORD,
        "language": "en",
    }
    return client, client.post(link, form | changes)


def test_an_invited_colleague_comes_in_with_the_role_she_was_given(
    administrator: Client,
    organisation: Organisation,
):
    hall = add_department(organisation=organisation, code="h", name="东门厅")

    invite(administrator, role=Role.AGENT, department=hall.pk)
    client, answer = come_in(link_in(mail.outbox[0].body))

    assert answer["Location"] == "/settings/welcome/"
    assert client.get("/settings/profile/").status_code == 200
    person = Person.objects.get(email="li@huaxing.example")
    assert person.organisation == organisation
    assert (person.name, person.language) == ("李明", "en")
    given = person.role_assignments.get()
    assert (given.role, given.department) == (Role.AGENT, hall)
    assert AuditEntry.objects.filter(action="invitation.accepted").exists()


def test_the_link_works_once(administrator: Client):
    invite(administrator)
    link = link_in(mail.outbox[0].body)
    come_in(link)

    _client, answer = come_in(link)

    assert answer.status_code == 404
    assert Person.objects.filter(email="li@huaxing.example").count() == 1


def test_the_link_stops_after_seven_days(administrator: Client):
    invite(administrator)
    link = link_in(mail.outbox[0].body)
    sent = ColleagueInvitation.objects.get()
    assert sent.expires_at - sent.created_at == dt.timedelta(days=7)

    ColleagueInvitation.objects.update(
        expires_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1),
    )

    assert Client().get(link).status_code == 404
    _client, answer = come_in(link)
    assert answer.status_code == 404


def test_only_the_hash_of_the_link_is_kept(administrator: Client):
    invite(administrator)
    token = link_in(mail.outbox[0].body).split("/")[-2]

    kept = ColleagueInvitation.objects.get()

    assert token not in str(vars(kept))
    assert len(kept.token_hash) == 64


def test_a_withdrawn_link_opens_nothing(administrator: Client):
    invite(administrator)
    kept = ColleagueInvitation.objects.get()

    administrator.post(f"/settings/people/invitations/{kept.pk}/withdraw/")

    assert Client().get(link_in(mail.outbox[0].body)).status_code == 404
    kept.refresh_from_db()
    assert kept.state == "withdrawn"


def test_sending_again_makes_a_new_link_and_ends_the_old_one(administrator: Client):
    invite(administrator)
    kept = ColleagueInvitation.objects.get()

    administrator.post(f"/settings/people/invitations/{kept.pk}/resend/")

    old, new = (link_in(each.body) for each in mail.outbox)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_a_mail_that_fails_leaves_the_invitation_and_a_link_to_copy(
    administrator: Client,
    settings: Settings,
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    page = invite(administrator).content.decode()

    assert "邮件发送失败" in page or "The mail server" in page
    kept = ColleagueInvitation.objects.get()
    assert kept.state == "open"
    assert kept.mail_sent_at is None
    _client, answer = come_in(link_in(page))
    assert answer["Location"] == "/settings/welcome/"


@pytest.mark.parametrize(
    ("language", "subject", "word"),
    [
        ("zh-hans", "邀请您加入", "天内有效"),
        ("zh-hant", "邀請您加入", "天內有效"),
        ("en", "invites you to", "it works once"),
    ],
)
def test_the_mail_speaks_the_language_chosen(
    administrator: Client,
    language: str,
    subject: str,
    word: str,
):
    invite(administrator, language=language)

    assert subject in mail.outbox[0].subject
    assert word in mail.outbox[0].body
    page = Client().get(link_in(mail.outbox[0].body))
    assert page.context["form"]["language"].value() == language


def test_a_name_cannot_smuggle_a_header_into_the_mail(
    administrator: Client,
    organisation: Organisation,
):
    organisation.name = "华星\nBcc: everybody@nowhere.example"
    organisation.save()

    invite(administrator)

    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["li@huaxing.example"]


def complaints(response) -> str:
    return " ".join(" ".join(each) for each in response.context["form"].errors.values())


def test_whoever_is_here_already_is_not_invited(
    administrator: Client,
    organisation: Organisation,
    person_with: PersonMaker,
):
    here = add_person(
        organisation=organisation, email="li@huaxing.example", name="李明"
    )

    assert "李明" in complaints(invite(administrator))

    deactivate_person(person=here)
    assert "李明" in complaints(invite(administrator, email="LI@huaxing.example"))
    assert not mail.outbox


def test_somebody_of_another_organisation_is_not_invited_nor_named(
    administrator: Client,
    other_organisation: Organisation,
):
    add_person(organisation=other_organisation, email="li@huaxing.example", name="秘密")

    refusal = complaints(invite(administrator))

    assert refusal
    assert "秘密" not in refusal


def test_nobody_is_invited_twice_at_once(administrator: Client):
    invite(administrator)

    assert complaints(invite(administrator))
    assert len(mail.outbox) == 1


def test_a_role_that_answers_for_a_department_needs_one(
    administrator: Client,
    organisation: Organisation,
):
    add_department(organisation=organisation, code="h", name="东门厅")

    assert complaints(invite(administrator, role=Role.GRID_MANAGER))
    assert not ColleagueInvitation.objects.exists()


def test_without_any_department_such_a_role_is_for_the_whole_organisation(
    administrator: Client,
):
    invite(administrator, role=Role.GRID_MANAGER)

    assert ColleagueInvitation.objects.get().department is None


def test_a_department_of_another_organisation_is_no_choice(
    administrator: Client,
    other_organisation: Organisation,
):
    theirs = add_department(organisation=other_organisation, code="h", name="他厅")

    assert complaints(invite(administrator, role=Role.AGENT, department=theirs.pk))
    assert not ColleagueInvitation.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "short-1", "password_again": "short-1"},
        {"password": "12345678901", "password_again": "12345678901"},
        {"password_again": "something-else-9"},
        {"name": ""},
    ],
)
def test_a_faulty_form_keeps_the_invitation_open(
    administrator: Client,
    changes: dict[str, str],
):
    invite(administrator)
    link = link_in(mail.outbox[0].body)

    _client, answer = come_in(link, **changes)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Client().get(link).status_code == 200


def test_the_list_shows_each_state(administrator: Client):
    for name in ("a", "b", "c", "d"):
        invite(administrator, email=f"{name}@huaxing.example", name=name)
    come_in(link_in(mail.outbox[0].body))
    by_name = {each.name: each for each in ColleagueInvitation.objects.all()}
    administrator.post(f"/settings/people/invitations/{by_name['b'].pk}/withdraw/")
    ColleagueInvitation.objects.filter(name="c").update(
        expires_at=dt.datetime.now(dt.UTC),
    )

    page = administrator.get("/settings/people/invitations/")

    states = {each.name: each.state for each in page.context["page"]}
    assert states == {"a": "accepted", "b": "withdrawn", "c": "expired", "d": "open"}
