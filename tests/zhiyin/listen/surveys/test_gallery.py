"""Questionnaires from templates and files, through the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhiyin.accounts.models import Organisation, Person
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import create_standard_instrument

FILES = Path(__file__).parent / "files"


@pytest.fixture
def researcher(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with("researcher", language="en"))


def upload(client: Client, name: str, content: bytes, **more: str) -> Any:
    sent = {"file": SimpleUploadedFile(name, content), **more}
    return client.post("/listen/surveys/import/", sent)


def test_gallery_shows_finds_and_makes_templates(researcher: Client) -> None:
    page = researcher.get("/listen/surveys/new/").content.decode()
    for name in ("Employee NPS", "Network satisfaction", "Broadband repair"):
        assert name in page
    found = researcher.get("/listen/surveys/new/?q=dealer").content.decode()
    assert "Dealer NPS" in found
    assert "Broadband repair" not in found
    sent = {"standard": "network-satisfaction", "draft": "1"}
    made = researcher.post("/listen/surveys/new/", sent)
    assert made["Location"].endswith("/edit/")
    assert (
        not Instrument.objects.get()
        .versions.filter(published_at__isnull=False)
        .exists()
    )
    designer = researcher.get(made["Location"])
    assert designer.status_code == 200
    outline = designer.content.decode()
    assert 'data-page="2"' in outline


def test_exported_questionnaire_is_imported_again_as_a_draft(
    researcher: Client,
    organisation: Organisation,
) -> None:
    made = create_standard_instrument(organisation=organisation)
    sent = researcher.get(f"/listen/surveys/{made.pk}/export/?version=1")
    assert sent["Content-Disposition"].endswith('nps-relationship-v1.json"')
    assert json.loads(sent.content)
    page = upload(researcher, "x.json", sent.content, code="again").content.decode()
    assert "Everything in the file was taken over." in page
    again = Instrument.objects.get(code="again").versions.get()
    assert again.published_at is None
    codes = [item.code for item in made.versions.get().items.all()]
    assert [item.code for item in again.items.all()] == codes
    taken = upload(researcher, "x.json", sent.content, code="again")
    assert taken.status_code == 400
    assert "There is already a questionnaire" in taken.content.decode()


@pytest.mark.parametrize("name", ["network.lss", "store.txt", "store.qsf"])
def test_files_of_other_programs_become_drafts_with_a_list_of_what_is_left(
    researcher: Client,
    name: str,
) -> None:
    page = upload(researcher, name, (FILES / name).read_bytes()).content.decode()
    assert "The questionnaire is imported as a draft." in page
    left = page.split("What could not be taken over")[1]
    assert left.count("<li>") > 0
    version = Instrument.objects.get().versions.get()
    assert version.items.count() > 1
    address = f"/listen/surveys/{version.instrument_id}/edit/"
    assert researcher.get(address).status_code == 200


def test_file_that_is_no_questionnaire_is_refused(researcher: Client) -> None:
    page = upload(researcher, "x.txt", b"hello")
    assert page.status_code == 400
    assert "The file is none that can be read" in page.content.decode()
    assert not Instrument.objects.exists()
