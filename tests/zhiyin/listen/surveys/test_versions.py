"""Questionnaires: standard wordings, drafts, and versions that never change."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.db import IntegrityError, transaction

from zhiyin.accounts.models import AuditEntry, Organisation
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item
from zhiyin.listen.surveys.queries import (
    STANDARD_CODES,
    completeness,
    content_of,
    fill,
    load_standard,
    missing_texts,
    published_version,
    unknown_slots,
)
from zhiyin.listen.surveys.services import (
    CodeTakenError,
    DraftSettings,
    LanguageTexts,
    VersionFrozenError,
    VersionIncompleteError,
    change_item,
    change_settings,
    change_texts,
    create_instrument,
    create_standard_instrument,
    discard_draft,
    publish_version,
    start_draft,
)


@pytest.fixture
def nps(organisation: Organisation) -> Instrument:
    return create_standard_instrument(organisation=organisation)


def reword(version: InstrumentVersion, code: str, language: str, **texts: Any) -> None:
    item = version.items.get(code=code)
    wordings = {**item.texts, language: {**item.texts.get(language, {}), **texts}}
    content = {**content_of(item), "texts": wordings}
    change_item(version=version, code=code, content=content)


def write_page(version: InstrumentVersion, language: str, **texts: str) -> None:
    written = LanguageTexts(items={}, pages={}, page=texts)
    change_texts(version=version, language=language, texts=written)


def publish_in(version: InstrumentVersion, *languages: str) -> None:
    settings = DraftSettings(name="x", languages=list(languages), note="shorter")
    change_settings(version=version, settings=settings)


@pytest.mark.parametrize("code", STANDARD_CODES)
def test_standard_questionnaire_is_complete_in_three_languages(
    organisation: Organisation,
    code: str,
) -> None:
    made = create_standard_instrument(organisation=organisation, standard=code)
    version = made.versions.get()
    assert version.published_at is not None
    assert version.languages == ["zh-hans", "zh-hant", "en"]
    assert completeness(version) == {"zh-hans": 100, "zh-hant": 100, "en": 100}


def typeset(text: str) -> str:
    """Set Chinese with Chinese marks; the field's list is typed with ASCII ones."""
    is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    return text.translate(str.maketrans(",?!", "，？！")) if is_chinese else text


def test_wordings_are_those_of_the_field(shared_dir) -> None:
    path = shared_dir / "domain" / "items.yaml"
    field = yaml.safe_load(path.read_text(encoding="utf-8"))
    ours = load_standard("nps-relationship")["items"]
    theirs = field["items"]["NPS_REL"]
    for language, name in (
        ("zh-hans", "zh-Hans"),
        ("zh-hant", "zh-Hant"),
        ("en", "en"),
    ):
        assert ours[0]["texts"][language]["text"] == typeset(theirs[name])
        for item in ours[1:]:
            wanted = field["followups"].get(item["code"].removeprefix("why_"))
            if wanted and item["code"] != "why_detractor":
                assert item["texts"][language]["text"] == typeset(wanted[name])
        cause = next(item for item in ours if item["code"] == "cause")
        wanted = field["followups"]["detractor"][name]
        assert cause["texts"][language]["text"] == typeset(wanted)
    for code, name, key in (("csat5", "CSAT5", "csat"), ("ces7", "CES7", "ces")):
        item = load_standard(code)["items"][0]
        assert item["code"] == key
        wanted = field["items"][name]["zh-Hans"]
        assert item["texts"]["zh-hans"]["text"] == typeset(wanted)


def test_causes_are_the_first_level_of_the_catalogue(shared_dir) -> None:
    path = shared_dir / "domain" / "root_causes.yaml"
    catalogue = yaml.safe_load(path.read_text(encoding="utf-8"))
    cause = next(
        item
        for item in load_standard("nps-relationship")["items"]
        if item["code"] == "cause"
    )
    assert [option[0] for option in cause["texts"]["zh-hans"]["options"]] == [
        each["code"] for each in catalogue
    ]


def test_second_questionnaire_of_a_standard_gets_a_free_code(
    nps: Instrument,
    organisation: Organisation,
) -> None:
    second = create_standard_instrument(organisation=organisation)
    assert second.code == "nps-relationship-2"
    with pytest.raises(CodeTakenError, match="nps-relationship"):
        create_standard_instrument(organisation=organisation, code=nps.code)


def test_database_itself_refuses_to_change_a_published_version(
    nps: Instrument,
) -> None:
    version = nps.versions.get()
    changes = (
        lambda: InstrumentVersion.objects.filter(pk=version.pk).update(brand="x"),
        lambda: Item.objects.filter(version=version).update(promoter_min=8),
        lambda: version.items.first().save(),
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            change()


def test_service_refuses_to_edit_a_published_version(nps: Instrument) -> None:
    version = nps.versions.get()
    for act in (
        lambda: reword(version, "nps", "en", text="x"),
        lambda: publish_in(version, "en"),
        lambda: publish_version(version=version, has_read=True),
        lambda: discard_draft(version=version),
    ):
        with pytest.raises(VersionFrozenError, match="1"):
            act()


def test_editing_makes_the_next_version_and_leaves_the_first(nps: Instrument) -> None:
    draft = start_draft(instrument=nps)
    assert draft.number == 2
    assert start_draft(instrument=nps).pk == draft.pk
    new = "您会向朋友推荐{brand}吗?"
    reword(draft, "nps", "zh-hans", text=new)
    assert published_version(nps).number == 1
    publish_version(version=draft, has_read=True)
    current = published_version(nps)
    assert (current.number, current.primary.texts["zh-hans"]["text"]) == (2, new)
    first = nps.versions.get(number=1)
    assert "您有多大可能性" in first.items.get(code="nps").texts["zh-hans"]["text"]
    # What the editor left alone is carried over.
    assert current.primary.texts["zh-hans"]["high"] == "非常可能"
    assert AuditEntry.objects.filter(action="version.published").count() == 2


def test_language_with_a_gap_cannot_be_published(nps: Instrument) -> None:
    draft = start_draft(instrument=nps)
    write_page(draft, "en", thanks="")
    draft.refresh_from_db()
    assert [gap.name for gap in missing_texts(draft, "en")] == ["thanks"]
    assert completeness(draft)["en"] < 100
    with pytest.raises(VersionIncompleteError, match="thanks"):
        publish_version(version=draft, has_read=True)
    publish_in(draft, "zh-hans")
    publish_version(version=draft, has_read=True)
    assert published_version(nps).languages == ("zh-hans",)


def test_option_without_a_label_is_a_gap(nps: Instrument) -> None:
    draft = start_draft(instrument=nps)
    reword(draft, "cause", "en", options=[["NET", "Network"]])
    assert [gap.name for gap in missing_texts(draft, "en")] == ["options"]


def test_version_in_no_language_cannot_be_published(nps: Instrument) -> None:
    draft = start_draft(instrument=nps)
    publish_in(draft)
    with pytest.raises(VersionIncompleteError):
        publish_version(version=draft, has_read=True)


@pytest.mark.parametrize("text", ["您好{name}", "好" * 501])
def test_text_that_no_page_could_show_is_refused(nps: Instrument, text: str) -> None:
    draft = start_draft(instrument=nps)
    with pytest.raises(ValueError, match=r"name|501"):
        reword(draft, "nps", "zh-hans", text=text)


def test_discarded_draft_leaves_the_published_version(nps: Instrument) -> None:
    discard_draft(version=start_draft(instrument=nps))
    assert [version.number for version in nps.versions.all()] == [1]


def test_imported_questionnaire_needs_no_page_texts(
    organisation: Organisation,
) -> None:
    made = create_instrument(
        organisation=organisation,
        definition={
            "code": "voice-2024",
            "name": "语音满意度",
            "items": [
                {
                    "code": "overall",
                    "kind": "csat",
                    "scale": [1, 10],
                    "is_primary": True,
                    "texts": {"zh-hans": {"text": "总体满意度"}},
                },
            ],
        },
        is_imported=True,
    )
    assert published_version(made).primary.points == range(1, 11)


def test_parts_that_need_an_empty_slot_are_left_out() -> None:
    wording = "Based on your {touchpoint}[ on {date}], recommend {brand}? [optional]"
    assert fill(wording, {"touchpoint": "call", "brand": "X"}) == (
        "Based on your call, recommend X? [optional]"
    )
    dated = fill(wording, {"touchpoint": "call", "brand": "X", "date": "3 May"})
    assert dated.startswith("Based on your call on 3 May, recommend X?")
    assert unknown_slots("{brand} {nobody}") == ["nobody"]
