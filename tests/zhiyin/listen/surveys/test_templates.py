"""Packaged questionnaires: the standard wordings, complete, made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import translation

from zhiyin.accounts.models import Organisation
from zhiyin.common.conditions import holds
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.queries.definitions import definition_of
from zhiyin.listen.surveys.queries.standard import (
    LANGUAGES,
    load_standard,
    read_packaged,
    template_codes,
    templates,
    touchpoint_template,
)
from zhiyin.listen.surveys.services.definitions import (
    DefinitionError,
    create_from_definition,
    ensure_standard_instrument,
    load_standard_instruments,
)

MARKS = str.maketrans(",?:;", "，？：；")


def typeset(text: str) -> str:
    """Set Chinese with Chinese marks; the field's list is typed with ASCII ones."""
    is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    return text.translate(MARKS) if is_chinese else text


def test_standard_items_are_worded_as_published(shared_dir: Path) -> None:
    published = yaml.safe_load(
        (shared_dir / "domain" / "items.yaml").read_text(encoding="utf-8"),
    )["items"]
    ours = read_packaged("items")
    assert set(ours) == set(published)
    for name, item in published.items():
        for language, key in zip(LANGUAGES, ("zh-Hans", "zh-Hant", "en"), strict=True):
            said = (
                ours[name]["texts"][language]["text"].replace("[", "").replace("]", "")
            )
            assert said == typeset(item[key]), name
        if "scale" in item:
            scale = [item["scale"]["min"], item["scale"]["max"]]
            assert ours[name]["scale"] == scale, name


def test_every_touchpoint_asks_what_the_catalogue_names(shared_dir: Path) -> None:
    catalogue = yaml.safe_load(
        (shared_dir / "domain" / "touchpoints.yaml").read_text(encoding="utf-8"),
    )
    kinds = {"NPS": "nps", "ENP": "nps", "CSA": "csat", "CES": "ces", "FCR": "yes_no"}
    for row in catalogue:
        code, metrics = touchpoint_template(row[0]), row[7]
        if not metrics:
            assert code == "", row[0]
            continue
        asked = [item["kind"] for item in load_standard(code)["items"]]
        wanted = [kinds[name[:3]] for name in metrics if name[:3] in kinds]
        assert [kind for kind in asked if kind in wanted][: len(wanted)] == wanted, code
        if "drivers" in metrics:
            block = next(
                i for i in load_standard(code)["items"] if i["kind"] == "matrix"
            )
            assert block["is_required"], code


def test_every_template_becomes_a_published_questionnaire_once(
    organisation: Organisation,
) -> None:
    codes = template_codes()
    made = load_standard_instruments(organisation=organisation, standards=codes)
    assert made == len(codes) == len(templates("en")) == Instrument.objects.count()
    for instrument in Instrument.objects.prefetch_related("versions__items"):
        version = instrument.versions.get()
        assert version.published_at is not None
        assert version.languages == list(LANGUAGES), instrument.code
    audiences = dict(Instrument.objects.values_list("code", "audience"))
    assert audiences["enps"] == "employee"
    assert audiences["nps-dealer"] == "dealer"
    assert audiences["nps-resident"] == "resident"
    assert Instrument.objects.get(code="enps").is_anonymous
    again = load_standard_instruments(organisation=organisation, standards=codes)
    assert again == 0


def test_what_an_organisation_has_stays_as_it_is(organisation: Organisation) -> None:
    mine = create_from_definition(
        organisation=organisation,
        definition={**load_standard("csat5"), "name": "自己的", "code": "tp-hall"},
        publish=True,
    )
    same = ensure_standard_instrument(organisation=organisation, standard="tp-hall")
    assert same == mine
    assert same.name == "自己的"


def test_network_questions_follow_the_trouble() -> None:
    items = {i["code"]: i for i in load_standard("network-satisfaction")["items"]}

    def shown(**answers: Any) -> list[str]:
        facts = {f"answer.{code}": value for code, value in answers.items()}
        return [
            code for code, i in items.items() if holds(i.get("shown_if", {}), facts)
        ]

    calm = [
        "voice",
        "voice_parts",
        "voice_trouble",
        "data",
        "data_parts",
        "data_trouble",
    ]
    assert shown(voice_trouble="no", data_trouble="no") == calm
    assert "voice_places" in shown(voice_trouble="yes")
    gaming = shown(data_trouble="yes", experiences=["game"])
    assert "game_apps" in gaming
    assert "video_apps" not in gaming
    labels = [
        label for _code, label in items["voice_problems"]["texts"]["zh-hans"]["options"]
    ]
    assert "有信号无法拨通" in labels


def test_definition_of_a_version_makes_the_same_again(
    organisation: Organisation,
    other_organisation: Organisation,
) -> None:
    first = ensure_standard_instrument(
        organisation=organisation,
        standard="network-satisfaction",
    )
    data = definition_of(first.versions.get())
    copy = create_from_definition(organisation=other_organisation, definition=data)
    assert definition_of(copy.versions.get()) == data


def test_definition_faults_name_the_question(organisation: Organisation) -> None:
    broken = {
        "code": "x y",
        "name": "X",
        "items": [
            {"code": "a", "kind": "stars", "texts": {"en": {"text": "A"}}},
            {"code": "a", "kind": "rating", "texts": {"fr": {"text": "A"}}},
            {"code": "c", "kind": "csat", "scale": [5, 1], "texts": {}},
            {
                "code": "d",
                "kind": "choice",
                "texts": {"en": {"text": "D", "options": [["x", "1"], ["x", "2"]]}},
            },
            "e",
        ],
    }
    with translation.override("en"), pytest.raises(DefinitionError) as raised:
        create_from_definition(organisation=organisation, definition=broken)
    faults = "\n".join(raised.value.faults)
    for part in (
        "stars",
        "fr",
        "scale",
        "a code stands twice",
        "question 5",
        "code has",
    ):
        assert part in faults
    assert not Instrument.objects.exists()
