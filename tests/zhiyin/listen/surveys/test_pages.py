"""The pages of questionnaires, through their addresses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.zhiyin.listen.surveys.designing import form_on
from zhiyin.accounts.models import Organisation, Person
from zhiyin.listen.programs.models import SurveyLink
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.queries import published_version
from zhiyin.listen.surveys.services import (
    create_standard_instrument,
    publish_version,
    start_draft,
)


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
def draft(nps: Instrument) -> str:
    """Return the address of a draft's pages."""
    start_draft(instrument=nps)
    return f"/listen/surveys/{nps.pk}"


def test_empty_list_says_what_to_do(researcher: Client) -> None:
    page = researcher.get("/listen/surveys/")
    assert "No questionnaire here" in page.content.decode()
    assert "/listen/surveys/new/" in page.content.decode()


def test_standard_questionnaire_is_made_in_one_step(researcher: Client) -> None:
    made = researcher.post(
        "/listen/surveys/new/", {"standard": "csat5", "name": "厅店"}
    )
    page = researcher.get(made["Location"]).content.decode()
    assert "厅店" in page
    for wording in (
        "您对本次{touchpoint}满意吗",
        "您對本次{touchpoint}滿意嗎",
        "satisfied",
    ):
        assert wording in page


def test_taken_code_is_said_beside_the_field(
    researcher: Client,
    nps: Instrument,
) -> None:
    sent = {"standard": "ces7", "code": nps.code}
    page = researcher.post("/listen/surveys/new/", sent)
    assert "There is already a questionnaire" in page.content.decode()


def test_edited_texts_are_published_as_the_next_version(
    researcher: Client,
    nps: Instrument,
) -> None:
    base = f"/listen/surveys/{nps.pk}"
    researcher.post(f"{base}/draft/")
    address = f"{base}/edit/texts/?source=zh-hans&target=en"
    sent = form_on(researcher, address) | {
        "nps--text-en": "Would you recommend {brand}?"
    }
    saved = researcher.post(f"{base}/edit/texts/", sent)
    assert saved.status_code == 302
    shown = researcher.get(f"{base}/publish/").content.decode()
    assert "<ins>Would you recommend {brand}?</ins>" in shown
    assert "<del>How likely are you to recommend" in shown
    researcher.post(f"{base}/publish/", {"read": "on"})
    version = published_version(nps)
    assert version.number == 2
    assert version.primary.texts["en"]["text"] == "Would you recommend {brand}?"
    codes = [code for code, _label in version.item("cause").texts["zh-hans"]["options"]]
    assert codes[0] == "NET"
    assert len(codes) == 11
    old = researcher.get(f"{base}/?version=1").content.decode()
    assert "How likely are you to recommend" in old
    differs = researcher.get(f"{base}/compare/?from=1&to=2").content.decode()
    assert "<ins>Would you recommend {brand}?</ins>" in differs


def test_slot_that_nothing_fills_is_refused_and_the_input_kept(
    researcher: Client,
    draft: str,
) -> None:
    sent = form_on(researcher, f"{draft}/edit/texts/?target=zh-hans&source=en")
    page = researcher.post(
        f"{draft}/edit/texts/",
        sent | {"nps--text-zh-hans": "您好{name}", "page--next": "kept"},
    )
    assert page.status_code == 400
    assert "Nothing can fill {name}" in page.content.decode()
    assert "kept</textarea>" in page.content.decode()


def test_incomplete_language_is_named_when_publishing(
    researcher: Client,
    nps: Instrument,
    draft: str,
) -> None:
    sent = form_on(researcher, f"{draft}/edit/texts/?source=zh-hans&target=en")
    researcher.post(f"{draft}/edit/texts/", sent | {"page--thanks": ""})
    page = researcher.post(f"{draft}/publish/", {"read": "on"})
    assert "en is incomplete" in page.content.decode()
    assert published_version(nps).number == 1


@pytest.mark.requirement("R000-60")
def test_finding_that_refuses_blocks_and_a_warning_wants_to_be_read(
    researcher: Client,
    nps: Instrument,
    draft: str,
) -> None:
    address = f"{draft}/edit/texts/?source=zh-hans&target=en"
    coached = {"nps--text-en": "Please give us a 10: would you recommend {brand}?"}
    researcher.post(f"{draft}/edit/texts/", form_on(researcher, address) | coached)
    page = researcher.get(f"{draft}/publish/").content.decode()
    assert "The customer is told which score to give" in page
    assert "item=nps&amp;source=en" in page
    refused = researcher.post(f"{draft}/publish/", {"read": "on"})
    assert refused.status_code == 400
    assert published_version(nps).number == 1
    praised = {"nps--text-en": "How much do you love our excellent {brand}?"}
    researcher.post(f"{draft}/edit/texts/", form_on(researcher, address) | praised)
    unread = researcher.post(f"{draft}/publish/", {})
    assert "Read the findings and tick that you have" in unread.content.decode()
    researcher.post(f"{draft}/publish/", {"read": "on"})
    assert published_version(nps).number == 2


def test_gaps_of_a_language_are_filled_from_another(
    researcher: Client,
    draft: str,
    nps: Instrument,
) -> None:
    address = f"{draft}/edit/texts/"
    sent = form_on(researcher, f"{address}?source=zh-hans&target=en")
    researcher.post(address, sent | {"nps--text-en": "", "cause--options-NET": ""})
    gaps = form_on(researcher, f"{address}?source=zh-hans&target=en")
    researcher.post(address, gaps | {"copy": "1"})
    item = nps.versions.get(number=2).items.get(code="nps")
    assert item.texts["en"]["text"].startswith("您有多大可能性")
    assert item.texts["en"]["low"] == "Not at all likely"
    cause = nps.versions.get(number=2).items.get(code="cause")
    assert cause.texts["en"]["options"][0] == ["NET", "网络"]


def test_written_addition_stands_in_the_privacy_notice(
    researcher: Client,
    nps: Instrument,
    draft: str,
    client: Client,
) -> None:
    address = f"{draft}/edit/texts/?source=zh-hans&target=en"
    added = {"page--privacy": "Write to dpo@huaxing.example."}
    researcher.post(f"{draft}/edit/texts/", form_on(researcher, address) | added)
    publish_version(version=nps.versions.get(number=2), has_read=True)
    SurveyLink.objects.create(
        organisation=nps.organisation, slug="notice99", name="x", instrument=nps
    )
    page = client.get("/s/notice99/privacy/?lang=en").content.decode()
    assert "Write to dpo@huaxing.example." in page


def test_archived_questionnaire_leaves_the_list_and_comes_back(
    researcher: Client,
    nps: Instrument,
) -> None:
    address = f"/listen/surveys/{nps.pk}/archive/"
    researcher.post(address, {"archived": "1"})
    assert nps.name not in researcher.get("/listen/surveys/").content.decode()
    archived = researcher.get("/listen/surveys/?archived=1").content.decode()
    assert nps.name in archived
    researcher.post(address, {"archived": "0"})
    assert nps.name in researcher.get("/listen/surveys/").content.decode()


def test_draft_is_discarded_only_after_a_question(
    researcher: Client,
    nps: Instrument,
    draft: str,
) -> None:
    researcher.get(f"{draft}/discard/")
    assert nps.versions.count() == 2
    researcher.post(f"{draft}/discard/")
    assert nps.versions.count() == 1
