"""The pages of the organisation, the profile, tokens and the audit log."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import AuditEntry, Department, Organisation, Person, Role
from zhiyin.accounts.services import create_api_token, record

pytestmark = pytest.mark.django_db

ClientMaker = Callable[[Person], Client]
PersonMaker = Callable[..., Person]


def test_organisation_settings_and_thresholds_have_their_own_keepers(
    administrator: Client,
    organisation: Organisation,
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    keeper = client_of(person_with(Role.CX_MANAGER))
    settings = {
        "name": "华星",
        "brand": "星",
        "language": "en",
        "time_zone": "Asia/Hong_Kong",
    }
    numbers = {"minimum_n_score": 20, "minimum_n_rank": 80, "reason": "pilot"}

    keeper.post("/settings/organisation/", settings)
    refused = administrator.post("/settings/organisation/thresholds/", numbers)
    organisation.refresh_from_db()
    assert (organisation.name, organisation.minimum_n_score) == ("华星通信", 30)
    assert refused.status_code == 403

    administrator.post("/settings/organisation/", settings)
    keeper.post("/settings/organisation/thresholds/", numbers)
    organisation.refresh_from_db()
    assert (organisation.name, organisation.brand) == ("华星", "星")
    assert (organisation.minimum_n_score, organisation.minimum_n_rank) == (20, 80)


def test_a_threshold_leaves_its_reason_and_both_numbers_in_the_log(
    organisation: Organisation,
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    keeper = client_of(person_with(Role.KPI_ADMIN))
    numbers = {"minimum_n_score": 20, "minimum_n_rank": 100}

    keeper.post("/settings/organisation/thresholds/", numbers)
    assert not AuditEntry.objects.filter(action="thresholds.changed").exists()

    keeper.post("/settings/organisation/thresholds/", numbers | {"reason": "pilot"})
    entry = AuditEntry.objects.get(action="thresholds.changed")
    assert entry.reason == "pilot"
    assert entry.detail["before"]["minimum_n_score"] == 30
    assert entry.detail["after"]["minimum_n_score"] == 20


def test_a_rank_never_needs_fewer_answers_than_a_score(
    person_with: PersonMaker,
    client_of: ClientMaker,
    organisation: Organisation,
):
    keeper = client_of(person_with(Role.KPI_ADMIN))
    numbers = {"minimum_n_score": 50, "minimum_n_rank": 40, "reason": "x"}

    page = keeper.post("/settings/organisation/thresholds/", numbers)

    assert "minimum_n_rank" in page.context["thresholds"].errors
    organisation.refresh_from_db()
    assert organisation.minimum_n_score == 30


def test_a_profile_is_saved_and_speaks_at_once(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    person = person_with()
    form = {
        "name": "新名",
        "language": "en",
        "time_zone": "Europe/Berlin",
        "theme": "dark",
    }

    page = client_of(person).post("/settings/profile/", form, follow=True)

    person.refresh_from_db()
    assert (person.name, person.time_zone, person.theme) == (
        "新名",
        "Europe/Berlin",
        "dark",
    )
    assert "Your profile was saved." in page.content.decode()
    assert 'data-theme="dark"' in page.content.decode()


def test_times_are_shown_in_the_persons_zone(
    organisation: Organisation,
    person_with: PersonMaker,
    client_of: ClientMaker,
    monkeypatch: pytest.MonkeyPatch,
):
    moment = dt.datetime(2026, 3, 1, 20, 30, tzinfo=dt.UTC)
    monkeypatch.setattr("zhiyin.common.clock.now", lambda: moment)
    record(action="lake.rebuilt", organisation=organisation)

    for zone, shown in (("Asia/Shanghai", "03-02 04:30"), ("UTC", "03-01 20:30")):
        person = person_with(Role.SYS_ADMIN, time_zone=zone)
        assert shown in client_of(person).get("/settings/audit/").content.decode()


def test_logging_out_elsewhere_keeps_this_device(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    person = person_with()
    here, elsewhere = client_of(person), client_of(person)

    here.post("/settings/profile/sessions/end/")

    assert here.get("/settings/profile/").status_code == 200
    assert elsewhere.get("/settings/profile/").status_code == 302


def test_a_token_is_shown_once(person_with: PersonMaker, client_of: ClientMaker):
    client = client_of(person_with())

    made = client.post("/settings/tokens/", {"name": "notebook", "scopes": ["*"]})
    secret = made.context["made"].secret

    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert secret not in client.get("/settings/tokens/").content.decode()


def test_a_token_is_revoked_only_by_its_owner(
    person_with: PersonMaker,
    client_of: ClientMaker,
):
    owner, colleague = person_with(), person_with(Role.SYS_ADMIN)
    token = create_api_token(person=owner, name="notebook").token
    address = f"/settings/tokens/{token.pk}/revoke/"

    assert client_of(colleague).post(address).status_code == 404
    client_of(owner).post(address)
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_log_is_narrowed_by_person_action_object_and_period(
    administrator: Client,
    organisation: Organisation,
    person_with: PersonMaker,
    monkeypatch: pytest.MonkeyPatch,
):
    actor = person_with()
    for day in (1, 2, 3):
        moment = dt.datetime(2026, 3, day, 4, tzinfo=dt.UTC)
        monkeypatch.setattr("zhiyin.common.clock.now", lambda moment=moment: moment)
        record(action=f"thing.did_{day}", actor=actor, target=organisation)

    def actions(query: str) -> list[str]:
        page = administrator.get(f"/settings/audit/?{query}")
        return [row["entry"].action for row in page.context["rows"]]

    mine = f"person={actor.pk}"
    assert actions(mine) == ["thing.did_3", "thing.did_2", "thing.did_1"]
    assert actions("action=thing.did_2") == ["thing.did_2"]
    assert actions(f"{mine}&since=2026-03-02") == ["thing.did_3", "thing.did_2"]
    assert actions(f"{mine}&until=2026-03-02") == ["thing.did_2", "thing.did_1"]
    assert len(actions("object=accounts.Organisation")) == 3
    assert len(actions("since=nonsense&action=unknown")) >= 3


def test_the_exported_log_is_what_is_seen_and_the_export_is_recorded(
    administrator: Client,
    organisation: Organisation,
):
    record(action="thing.did", organisation=organisation, reason="=1+1")

    answer = administrator.post("/settings/audit/export/?action=thing.did")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["action"] for row in rows] == ["thing.did"]
    assert rows[0]["reason"] == "'=1+1"
    entry = AuditEntry.objects.get(action="audit.exported")
    assert entry.detail["rows"] == 1
    assert entry.detail["filters"] == {"action": "thing.did"}
    assert entry.detail["export"] in answer["Content-Disposition"]


def test_every_page_of_accounts_stands_in_three_languages(
    person_with: PersonMaker,
    client_of: ClientMaker,
    halls: Department,
):
    everybody = person_with(Role.SYS_ADMIN)
    words = {"zh-hans": "审计日志", "zh-hant": "稽核日誌", "en": "Audit log"}

    for language, word in words.items():
        everybody.language = language
        everybody.save()
        page = client_of(everybody).get("/settings/audit/")
        assert f"<h1>{word}</h1>" in page.content.decode()
        assert page["Content-Language"] == language
