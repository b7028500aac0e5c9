"""The pages of questionnaires, through their addresses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from zhiyin.accounts.models import Organisation, Person
from zhiyin.listen.surveys.forms import DraftForm
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.queries import published_version
from zhiyin.listen.surveys.services import create_standard_instrument, start_draft


@pytest.fixture
def researcher(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with("researcher", language="en"))


@pytest.fixture
def nps(organisation: Organisation) -> Instrument:
    return create_standard_instrument(organisation=organisation)


def as_sent(instrument: Instrument) -> dict[str, object]:
    """Return the draft's form as a browser sends it, unchanged."""
    form = DraftForm(version=start_draft(instrument=instrument))
    return {name: form[name].value() or "" for name in form.fields}


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
    researcher.post(f"/listen/surveys/{nps.pk}/draft/")
    sent = as_sent(nps) | {
        "item-nps--text--en": "Would you recommend {brand}?",
        "note": "shorter",
        "publish": "1",
    }
    saved = researcher.post(f"/listen/surveys/{nps.pk}/edit/", sent)
    assert saved.status_code == 302
    version = published_version(nps)
    assert version.number == 2
    assert version.primary.texts["en"]["text"] == "Would you recommend {brand}?"
    codes = [code for code, _label in version.item("cause").texts["zh-hans"]["options"]]
    assert codes[0] == "NET"
    assert len(codes) == 11
    page = researcher.get(f"/listen/surveys/{nps.pk}/?version=1").content.decode()
    assert "How likely are you to recommend" in page


def test_lost_line_of_choices_is_refused_and_the_texts_are_kept(
    researcher: Client,
    nps: Instrument,
) -> None:
    sent = as_sent(nps) | {"item-cause--options--en": "Network\nTariff", "note": "kept"}
    page = researcher.post(f"/listen/surveys/{nps.pk}/edit/", sent).content.decode()
    assert "11 lines are needed; received 2." in page
    assert 'value="kept"' in page


def test_slot_that_nothing_fills_is_refused(
    researcher: Client, nps: Instrument
) -> None:
    sent = as_sent(nps) | {"item-nps--text--en": "Dear {name}"}
    page = researcher.post(f"/listen/surveys/{nps.pk}/edit/", sent).content.decode()
    assert "Nothing can fill {name}" in page


def test_incomplete_language_is_named_when_publishing(
    researcher: Client,
    nps: Instrument,
) -> None:
    sent = as_sent(nps) | {"page--thanks--en": "", "publish": "1"}
    page = researcher.post(f"/listen/surveys/{nps.pk}/edit/", sent).content.decode()
    assert "en is incomplete" in page
    assert published_version(nps).number == 1


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
) -> None:
    start_draft(instrument=nps)
    researcher.get(f"/listen/surveys/{nps.pk}/discard/")
    assert nps.versions.count() == 2
    researcher.post(f"/listen/surveys/{nps.pk}/discard/")
    assert nps.versions.count() == 1
