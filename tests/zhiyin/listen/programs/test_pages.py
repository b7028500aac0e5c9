"""Links, personal links, touchpoints and waves, through their addresses."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import Department, Organisation, Person
from zhiyin.common import clock
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.customers.services import get_or_create_customer, withdraw_customer
from zhiyin.listen.programs.models import (
    Invitation,
    LinkTraffic,
    SurveyLink,
    Touchpoint,
    Wave,
)
from zhiyin.listen.programs.services import (
    create_link,
    forget_traffic,
    read_invitees,
)
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import create_standard_instrument


@pytest.fixture
def researcher(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with("researcher", language="en"))


@pytest.fixture
def nps(organisation: Organisation) -> Instrument:
    return create_standard_instrument(organisation=organisation)


@pytest.fixture
def link(organisation: Organisation, nps: Instrument) -> SurveyLink:
    return create_link(organisation=organisation, instrument=nps, name="官网")


def test_link_gets_an_address_and_a_code_to_scan(
    researcher: Client,
    nps: Instrument,
) -> None:
    made = researcher.post(
        "/listen/links/new/",
        {
            "name": "官网",
            "instrument": nps.pk,
            "stream": "relationship",
            "channel": "qr",
        },
    )
    link = SurveyLink.objects.get()
    page = researcher.get(made["Location"]).content.decode()
    assert f"http://testserver/s/{link.slug}/" in page
    assert "<svg" in page
    svg = researcher.get(f"/listen/links/{link.pk}/qr.svg")
    png = researcher.get(f"/listen/links/{link.pk}/qr.png")
    assert svg["Content-Type"] == "image/svg+xml"
    assert png.content.startswith(b"\x89PNG")
    assert link.slug in png["Content-Disposition"]


def test_transactional_link_needs_its_touchpoint(
    researcher: Client,
    nps: Instrument,
) -> None:
    sent = {
        "name": "x",
        "instrument": nps.pk,
        "stream": "transactional",
        "channel": "sms",
    }
    page = researcher.post("/listen/links/new/", sent).content.decode()
    assert "Choose the touchpoint" in page
    assert not SurveyLink.objects.exists()


def test_stream_of_a_link_cannot_be_changed_afterwards(
    researcher: Client,
    link: SurveyLink,
) -> None:
    sent = {"name": "新名", "stream": "transactional", "channel": "link"}
    researcher.post(f"/listen/links/{link.pk}/edit/", sent)
    link.refresh_from_db()
    assert (link.name, link.stream) == ("新名", "relationship")


def test_link_is_closed_and_opened_again(researcher: Client, link: SurveyLink) -> None:
    researcher.post(f"/listen/links/{link.pk}/open/", {"open": "0"})
    assert Client().get(f"/s/{link.slug}/").status_code == 410
    assert link.name not in researcher.get("/listen/links/").content.decode()
    researcher.post(f"/listen/links/{link.pk}/open/", {"open": "1"})
    assert Client().get(f"/s/{link.slug}/").status_code == 200


def test_personal_links_come_as_a_file_once_and_are_kept_as_hashes(
    researcher: Client,
    link: SurveyLink,
) -> None:
    pasted = (
        "手机号,城市,日期\n13800138000,成都,5月3日\n138 0013 8001,绵阳,\n13800138000,,"
    )
    sent = {"pasted": pasted, "days": "7", "language": "en"}
    file = researcher.post(f"/listen/links/{link.pk}/people/", sent)
    assert file["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert {row["customer"] for row in rows} == {"13800138000", "13800138001"}
    tokens = [row["link"].rstrip("/").rsplit("/", 1)[1] for row in rows]
    kept = str(list(Invitation.objects.values()))
    assert not any(token in kept for token in tokens)
    assert all(len(token) >= 22 for token in tokens)
    assert Client().get(rows[1]["link"]).status_code == 200
    labels = set(AttributeField.objects.values_list("label", flat=True))
    assert labels == {"城市", "date"}
    again = researcher.get(f"/listen/links/{link.pk}/people/").content.decode()
    assert tokens[0] not in again


def test_customer_who_opted_out_gets_no_link(
    researcher: Client,
    link: SurveyLink,
    organisation: Organisation,
) -> None:
    customer = get_or_create_customer(organisation=organisation, key="13800138000")
    withdraw_customer(customer=customer)
    sent = {"pasted": "13800138000\n13800138001", "days": "7"}
    file = researcher.post(f"/listen/links/{link.pk}/people/", sent)
    refused = file.content.decode().splitlines()[2]
    assert refused == "13800138000,,does not want to be asked"
    assert Invitation.objects.count() == 1


def test_cell_that_a_spreadsheet_would_run_is_made_harmless(
    researcher: Client,
    link: SurveyLink,
) -> None:
    sent = {"pasted": '=HYPERLINK("http://x")', "days": "7"}
    file = researcher.post(f"/listen/links/{link.pk}/people/", sent)
    assert "'=HYPERLINK" in file.content.decode()


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("", "The list is empty"),
        ("13800138000,成都", "no header"),
        ("customer\n" + "x" * 201, "Line 2"),
        ("\n".join(str(n) for n in range(10_001)), "At most 10000"),
    ],
)
def test_list_that_cannot_be_used_says_why(
    researcher: Client,
    link: SurveyLink,
    pasted: str,
    message: str,
) -> None:
    sent = {"pasted": pasted, "days": "7"}
    page = researcher.post(f"/listen/links/{link.pk}/people/", sent)
    assert message in page.content.decode()
    assert not Invitation.objects.exists()


def test_uploaded_list_in_another_encoding_says_what_to_do(
    researcher: Client,
    link: SurveyLink,
) -> None:
    file = io.BytesIO("手机号\n13800138000".encode("gb18030"))
    file.name = "list.csv"
    sent = {"file": file, "days": "7"}
    page = researcher.post(f"/listen/links/{link.pk}/people/", sent)
    assert "not UTF-8" in page.content.decode()


def test_list_with_tabs_from_a_spreadsheet_is_read() -> None:
    (one,) = read_invitees("customer\tcity\n13800138000\t成都\n")
    assert one.attributes == {"city": "成都"}


def test_preview_shows_every_step_and_saves_nothing(
    researcher: Client,
    link: SurveyLink,
) -> None:
    for step, text in (
        ("question", "How likely are you"),
        ("detractor", "We are sorry."),
        ("passive", "What would it take"),
        ("thanks", "Thank you for your answer."),
    ):
        page = researcher.get(f"/listen/links/{link.pk}/preview/?lang=en&step={step}")
        assert text in page.content.decode()
        assert "nothing is saved" in page.content.decode()


def test_standard_touchpoints_are_loaded_once_with_their_owners(
    researcher: Client,
    organisation: Organisation,
) -> None:
    service = Department.objects.create(
        organisation=organisation,
        code="kf",
        name="客服",
    )
    for _ in range(2):
        researcher.post("/listen/touchpoints/standard/")
    assert Touchpoint.objects.count() == 29
    hotline = Touchpoint.objects.get(code="TP_HOTLINE")
    assert hotline.owner == service
    assert hotline.name_in("en") == "hotline call"


def test_standard_touchpoints_are_those_of_the_field(
    shared_dir,
    researcher: Client,
) -> None:
    path = shared_dir / "domain" / "touchpoints.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    codes = {line[3:].split(",")[0] for line in lines if line.startswith("- [")}
    researcher.post("/listen/touchpoints/standard/")
    assert set(Touchpoint.objects.values_list("code", flat=True)) == codes


def test_touchpoint_is_added_edited_and_taken_out_of_use(researcher: Client) -> None:
    sent = {"code": "TP_NEW", "name": "新触点", "name_en": "new moment"}
    researcher.post("/listen/touchpoints/new/", sent)
    made = Touchpoint.objects.get()
    assert made.names == {"en": "new moment"}
    page = researcher.post("/listen/touchpoints/new/", sent).content.decode()
    assert "already a touchpoint" in page
    researcher.post(
        f"/listen/touchpoints/{made.pk}/",
        sent | {"code": "OTHER", "name": "改名"},
    )
    made.refresh_from_db()
    assert (made.code, made.name) == ("TP_NEW", "改名")
    researcher.post(f"/listen/touchpoints/{made.pk}/active/", {"active": "0"})
    assert (
        "改名"
        not in researcher.get("/listen/touchpoints/")
        .content.decode()
        .split(
            "zy-message",
        )[0]
    )
    every = researcher.get("/listen/touchpoints/?inactive=1").content.decode()
    assert "改名" in every


def test_wave_that_ends_before_it_begins_is_refused(researcher: Client) -> None:
    sent = {
        "code": "2026h1",
        "name": "上半年",
        "starts_on": "2026-06-30",
        "ends_on": "2026-01-01",
    }
    page = researcher.post("/listen/waves/new/", sent).content.decode()
    assert "A wave ends on or after" in page
    researcher.post("/listen/waves/new/", sent | {"ends_on": "2026-07-31"})
    assert Wave.objects.get().name == "上半年"


def test_counts_of_yesterday_are_forgotten(db: None) -> None:
    old = clock.now() - dt.timedelta(hours=25)
    LinkTraffic.objects.create(key="a", began_at=old, count=1)
    LinkTraffic.objects.create(key="b", began_at=clock.now(), count=1)
    assert forget_traffic() is False
    assert [row.key for row in LinkTraffic.objects.all()] == ["b"]
