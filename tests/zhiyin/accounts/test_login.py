"""Logging in and what belongs to it, through the pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from tests.zhiyin.conftest import PASSWORD
from zhiyin.accounts.adapters import SecondStepAdapter
from zhiyin.accounts.models import AuditEntry, Person, Role
from zhiyin.accounts.services import deactivate_person

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
PersonMaker = Callable[..., Person]
ClientMaker = Callable[[Person], Client]


def log_in(person: Person, password: str = PASSWORD, client: Client | None = None):
    client = client or Client()
    response = client.post(LOGIN, {"login": person.email, "password": password})
    return client, response


def is_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(counters()))))


def confirm_password(client: Client, onward: str) -> None:
    client.post("/account/reauthenticate/", {"password": PASSWORD, "next": onward})


def test_the_right_password_opens_and_the_wrong_one_does_not(person_with: PersonMaker):
    person = person_with()

    refused, answer = log_in(person, "wrong-horse-battery")
    assert answer.status_code == 200
    assert not is_in(refused)

    client, answer = log_in(person)
    assert answer.status_code == 302
    assert is_in(client)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["login.failed", "person.logged_in"]


def test_the_address_is_not_case_sensitive(person_with: PersonMaker):
    person = person_with()
    person.email = person.email.upper()

    client, _answer = log_in(person)

    assert is_in(client)


def test_a_deactivated_person_learns_why_only_with_the_right_password(
    person_with: PersonMaker,
):
    person = person_with(Role.ANALYST)
    deactivate_person(person=person)

    _client, wrong = log_in(person, "wrong-horse-battery")
    _client, right = log_in(person)

    assert wrong.status_code == 200
    assert right["Location"] == "/account/inactive/"


def test_guessing_is_stopped_after_five_tries(person_with: PersonMaker):
    person = person_with()
    for _try in range(5):
        log_in(person, "wrong-horse-battery")

    client, answer = log_in(person)

    assert not is_in(client)
    assert answer.status_code == 200


def test_there_is_no_open_sign_up():
    form = {
        "email": "me@nowhere.example",
        "password1": "correct-horse-9",
        "password2": "correct-horse-9",
    }

    answer = Client().post("/account/signup/", form)

    assert answer.status_code == 200
    assert "account/signup_closed.html" in [each.name for each in answer.templates]
    assert not Person.objects.filter(email="me@nowhere.example").exists()


def test_logging_out_needs_a_click_and_ends_the_session(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    client = client_of(person_with())

    assert client.get("/account/logout/").status_code == 200
    assert is_in(client)

    client.post("/account/logout/")
    assert not is_in(client)


def test_an_idle_session_ends(
    person_with: PersonMaker,
    client_of: ClientMaker,
    settings: Settings,
):
    client = client_of(person_with())
    assert is_in(client)
    session = client.session
    age = session.get_expiry_date() - dt.datetime.now(dt.UTC)
    assert age <= dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)

    session.model.objects.update(
        expire_date=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1),
    )

    assert not is_in(client)


def test_the_server_forgets_a_login_of_a_closed_browser_too(
    person_with: PersonMaker,
    settings: Settings,
):
    client, _answer = log_in(person_with())

    stored = client.session.model.objects.get(session_key=client.session.session_key)

    kept = stored.expire_date - dt.datetime.now(dt.UTC)
    assert kept <= dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    assert client.cookies["sessionid"]["max-age"] == ""
    assert client.cookies["sessionid"]["httponly"]


def test_a_link_in_the_mail_sets_a_new_password_once(person_with: PersonMaker):
    person = person_with()
    client = Client()

    client.post("/account/password/reset/", {"email": person.email})

    found = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)
    assert found
    form_address = client.get(found.group(1), follow=True).request["PATH_INFO"]
    new = {"password1": "staple-battery-9", "password2": "staple-battery-9"}
    client.post(form_address, new)

    again = Client().get(found.group(1), follow=True)
    assert again.context["token_fail"]
    _client, old = log_in(person)
    assert old.status_code == 200
    client, _answer = log_in(person, "staple-battery-9")
    assert is_in(client)
    assert AuditEntry.objects.filter(action="password.reset").count() == 1


def test_asking_for_a_strangers_password_tells_nothing_and_mails_nobody(
    person_with: PersonMaker,
):
    known = Client().post("/account/password/reset/", {"email": person_with().email})
    sent = len(mail.outbox)

    unknown = Client().post("/account/password/reset/", {"email": "x@nowhere.example"})

    assert (known.status_code, known["Location"]) == (
        unknown.status_code,
        unknown["Location"],
    )
    assert len(mail.outbox) == sent


def test_a_mail_server_that_is_down_does_not_break_the_page(
    person_with: PersonMaker,
    settings: Settings,
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    answer = Client().post("/account/password/reset/", {"email": person_with().email})

    assert answer.status_code == 302


@pytest.mark.parametrize(
    "weak", ["short-1", "12345678901", "password123", "cx_manager"]
)
def test_a_weak_password_is_refused(
    person_with: PersonMaker,
    client_of: ClientMaker,
    weak: str,
):
    person = person_with()
    form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}

    client_of(person).post("/account/password/change/", form)

    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    person = person_with()
    here, elsewhere = client_of(person), client_of(person)
    form = {
        "oldpassword": PASSWORD,
        "password1": "staple-battery-9",
        "password2": "staple-battery-9",
    }

    here.post("/account/password/change/", form)

    assert is_in(here)
    assert not is_in(elsewhere)
    assert AuditEntry.objects.filter(action="password.changed").count() == 1
    assert len(mail.outbox) == 1


def set_up_second_step(person: Person, client: Client) -> str:
    """Go through the set-up page; return the secret."""
    address = "/account/second-step/totp/activate/"
    confirm_password(client, address)
    page = client.get(address)
    secret = page.context["form"].secret
    assert b"data:image/svg+xml;base64" in page.content
    answer = client.post(address, {"code": code_for(secret)})
    assert answer["Location"] == "/account/second-step/recovery-codes/"
    return secret


@pytest.mark.django_db(transaction=True)
def test_the_second_step_is_asked_for_once_it_is_set_up(person_with: PersonMaker):
    person = person_with()
    client, _answer = log_in(person)
    secret = set_up_second_step(person, client)
    cache.clear()

    client, answer = log_in(person)
    assert answer["Location"] == "/account/second-step/authenticate/"
    assert not is_in(client)

    client.post("/account/second-step/authenticate/", {"code": "000000"})
    assert not is_in(client)
    client.post("/account/second-step/authenticate/", {"code": code_for(secret)})
    assert is_in(client)
    assert AuditEntry.objects.filter(action="second_step.added").exists()


def test_setting_up_the_second_step_asks_for_the_password_again(
    person_with: PersonMaker,
):
    client, _answer = log_in(person_with())

    answer = client.get("/account/second-step/totp/activate/")

    assert answer["Location"].startswith("/account/reauthenticate/")


def test_the_secret_is_stored_encrypted(person_with: PersonMaker):
    person = person_with()
    client, _answer = log_in(person)
    secret = set_up_second_step(person, client)

    stored = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)

    assert secret not in str(stored.data)
    assert SecondStepAdapter().decrypt(stored.data["secret"]) == secret


def test_a_recovery_code_opens_once(person_with: PersonMaker):
    person = person_with()
    client, _answer = log_in(person)
    set_up_second_step(person, client)
    codes = client.get("/account/second-step/recovery-codes/").context["unused_codes"]
    cache.clear()

    first, _answer = log_in(person)
    first.post("/account/second-step/authenticate/", {"code": codes[0]})
    second, _answer = log_in(person)
    second.post("/account/second-step/authenticate/", {"code": codes[0]})

    assert is_in(first)
    assert not is_in(second)


def test_an_organisation_can_ask_everybody_for_a_second_step(
    person_with: PersonMaker,
):
    person = person_with()
    person.organisation.requires_second_step = True
    person.organisation.save()
    client, _answer = log_in(person)

    answer = client.get("/settings/profile/")
    assert answer["Location"] == "/account/second-step/totp/activate/"

    set_up_second_step(person, client)
    assert is_in(client)
    client.post("/account/second-step/totp/deactivate/")
    assert Authenticator.objects.filter(user=person).exists()


@pytest.mark.parametrize(
    ("accepted", "words"),
    [
        ("", "登录"),
        ("fr-FR", "登录"),
        ("zh-CN,zh;q=0.9", "登录"),
        ("zh-TW,zh;q=0.9", "登入"),
        ("en-GB,en;q=0.9", "Log in"),
    ],
)
def test_the_login_page_speaks_the_browsers_language(accepted: str, words: str):
    answer = Client().get(LOGIN, headers={"accept-language": accepted})

    assert f"<h1>{words}</h1>" in answer.content.decode()


def test_a_language_chosen_before_login_wins_over_the_browser():
    client = Client(headers={"accept-language": "zh-CN"})

    client.post("/language/", {"language": "en", "next": LOGIN})

    assert "<h1>Log in</h1>" in client.get(LOGIN).content.decode()


def test_after_login_the_persons_language_speaks(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    person = person_with(language="zh-hant")
    client = client_of(person)
    client.cookies["django_language"] = "en"

    assert "個人資料" in client.get("/settings/profile/").content.decode()

    client.post("/language/", {"language": "en", "next": "/settings/profile/"})
    person.refresh_from_db()
    assert person.language == "en"
    assert "My profile" in client.get("/settings/profile/").content.decode()
