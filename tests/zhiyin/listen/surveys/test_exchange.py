"""Files of questionnaires: ours out and in again, LimeSurvey's and Qualtrics' in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiyin.accounts.models import AuditEntry, Organisation
from zhiyin.listen.surveys.queries.definition_faults import definition_faults
from zhiyin.listen.surveys.queries.definitions import definition_of
from zhiyin.listen.surveys.queries.exchange import (
    MOST_BYTES,
    ExchangeError,
    dump_definition,
    read_questionnaire,
)
from zhiyin.listen.surveys.queries.exchange.own import KEYS
from zhiyin.listen.surveys.queries.linter import lint
from zhiyin.listen.surveys.queries.standard import load_standard, template_codes
from zhiyin.listen.surveys.services.exchange import (
    export_questionnaire,
    import_questionnaire,
)

FILES = Path(__file__).parent / "files"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def content(name: str) -> bytes:
    return (FILES / name).read_bytes()


def items_of(name: str) -> dict[str, dict[str, Any]]:
    reading = read_questionnaire(content(name))
    return {item["code"]: item for item in reading.definition["items"]}


def unmapped(name: str) -> dict[str, str]:
    return {u.name: u.reason for u in read_questionnaire(content(name)).unmapped}


def test_limesurvey_xml_becomes_a_draft(organisation: Organisation) -> None:
    made = import_questionnaire(
        organisation=organisation,
        content=content("network.lss"),
    )
    version = made.instrument.versions.get()
    assert made.source == "limesurvey"
    assert version.published_at is None
    assert set(version.languages) == {"zh-hans", "en"}
    assert [item.code for item in version.items.all()] == [
        *("welcome", "NPS", "WHY", "TROUBLE", "PLACES", "PARTS", "TEN", "AGE"),
        *("RANK", "BYE", "VISIT"),
    ]
    main = version.items.get(is_primary=True)
    assert (main.code, main.kind, main.scale_max, main.promoter_min) == (
        *("NPS", "nps"),
        *(10, 9),
    )
    assert version.texts["zh-hans"]["thanks"] == "谢谢！"
    assert [page["titles"]["en"] for page in version.pages] == ["Overall", "Details"]
    assert {f.code for f in made.findings} >= {"missing_anchor"}
    entry = AuditEntry.objects.get(action="instrument.imported")
    assert entry.detail["unmapped"] == len(made.unmapped) == 7


def test_limesurvey_logic_becomes_conditions() -> None:
    items = items_of("network.lss")
    assert items["WHY"]["shown_if"] == {
        "fact": "answer.NPS",
        "op": "at_most",
        "value": 6,
    }
    assert items["PLACES"]["shown_if"]["value"] == "yes"
    assert items["PLACES"]["settings"] == {
        "exclusive": ["SQ003"],
        "with_text": ["other"],
        "most": 3,
    }
    assert items["VISIT"]["shown_if"] == {
        "any": [
            {"fact": "answer.PARTS.SQ001", "op": "is", "value": 1},
            {"fact": "answer.PLACES", "op": "contains", "value": "SQ001"},
        ],
    }
    above = {"fact": "answer.NPS", "op": "at_least", "value": 2}
    assert above in items["PARTS"]["shown_if"]["all"][1]["all"]
    page = read_questionnaire(content("network.lss")).definition["pages"][1]
    assert page["shown_if"] == {"fact": "answer.NPS", "op": "known"}


def test_limesurvey_texts_lose_markup_and_keep_piping() -> None:
    items = items_of("network.lss")
    why = items["WHY"]["texts"]["zh-hans"]["text"]
    assert why == "您给了 {answer.NPS} 分，主要原因是什么？"
    assert items["welcome"]["texts"]["en"]["text"] == "Hello {field.firstname}"
    assert items["TROUBLE"]["texts"]["en"]["help"] == "Mobile only"


def test_what_limesurvey_has_and_we_have_not_is_named_with_its_reason() -> None:
    left = unmapped("network.lss")
    assert set(left) == {"PARTS", "TABLE", "WHY", "AGE", "HIDDEN", "quota", "细节"}
    assert "array of texts" in left["TABLE"]
    assert "AGE2.NAOK + 3 > 4" in left["AGE"]


def test_limesurvey_tab_separated_structure_is_read() -> None:
    reading = read_questionnaire(content("store.txt"))
    items = {item["code"]: item for item in reading.definition["items"]}
    assert list(items) == ["mood", "staff", "bad", "more"]
    assert items["mood"]["scale"] == [1, 5]
    assert items["mood"]["is_required"]
    assert items["bad"]["texts"]["zh-hant"]["options"][0] == ["wait", "等候"]
    assert items["bad"]["shown_if"]["any"][1]["value"] == "other"
    assert items["bad"]["page"] == 2
    assert reading.definition["pages"][1]["shown_if"]["value"] == 3
    assert set(unmapped("store.txt")) == {"photo", "bad_rude", "more", "QTA"}


def test_qualtrics_file_is_read(organisation: Organisation) -> None:
    made = import_questionnaire(organisation=organisation, content=content("store.qsf"))
    items = items_of("store.qsf")
    assert made.instrument.name == "Broadband repair"
    assert list(items) == ["NPS", "Why_not", "Q3", "Q4", "Q5", "Q6", "Q7"]
    assert items["NPS"]["texts"]["zh-hans"]["high"] == "非常可能"
    assert [item["page"] for item in items.values()] == [1, 1, 2, 3, 3, 3, 3]
    assert items["Why_not"]["shown_if"] == {
        "any": [
            {"fact": "answer.NPS", "op": "is", "value": 6},
            {"fact": "field.tier", "op": "is", "value": "gold"},
        ],
    }
    skip = items["Q3"]["settings"]["skips"][0]
    assert skip == {"if": {"fact": "answer.Q3", "op": "is", "value": "2"}, "to": "end"}
    assert items["Q4"]["texts"]["en"]["rows"][0] == ["2", "Skill"]
    assert items["Q5"]["shown_if"]["fact"] == "answer.Q4.1"
    assert items["Q5"]["settings"] == {"exclusive": ["3"], "is_shuffled": True}
    assert items["Q6"]["kind"] == "number"
    assert set(unmapped("store.qsf")) == {
        *("EmbeddedData FL_2", "Branch FL_4", "Q9", "Q8", "FR", "Why_not", "quota"),
    }


def test_own_file_makes_the_same_questionnaire(
    organisation: Organisation,
    other_organisation: Organisation,
) -> None:
    first = import_questionnaire(
        organisation=organisation, content=content("store.qsf")
    )
    file = export_questionnaire(version=first.instrument.versions.get())
    second = import_questionnaire(organisation=other_organisation, content=file)
    copy = second.instrument.versions.get()
    assert definition_of(copy) == definition_of(first.instrument.versions.get())
    assert second.unmapped == ()


def test_every_template_survives_a_file() -> None:
    for code in template_codes():
        whole = load_standard(code)
        definition = {key: whole[key] for key in whole if key in KEYS}
        assert read_questionnaire(dump_definition(definition)).definition == definition


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
CODES = st.from_regex(r"\A[a-z][a-z0-9_]{0,8}\Z")
WORDING = st.fixed_dictionaries(
    {"text": TEXTS},
    optional={
        "help": TEXTS,
        "labels": st.lists(TEXTS, max_size=3),
        "options": st.lists(
            st.tuples(CODES, TEXTS).map(list),
            max_size=3,
            unique_by=lambda pair: pair[0],
        ),
    },
)
FACT = st.fixed_dictionaries(
    {
        "fact": st.just("class"),
        "op": st.sampled_from(["is", "is_not"]),
        "value": st.text("abc", min_size=1, max_size=3),
    },
)
CONDITIONS = st.recursive(
    st.just({}) | FACT,
    lambda inner: st.builds(lambda rows: {"all": rows}, st.lists(inner, max_size=2)),
    max_leaves=3,
)
ITEM = st.fixed_dictionaries(
    {
        "code": CODES,
        "kind": st.sampled_from(["nps", "rating", "matrix"]),
        "scale": st.tuples(st.integers(-5, 0), st.integers(1, 10)).map(list),
        "texts": st.dictionaries(
            st.sampled_from(["zh-hans", "zh-hant", "en"]),
            WORDING,
            min_size=1,
        ),
    },
    optional={
        "shown_if": CONDITIONS,
        "page": st.integers(1, 9),
        "is_required": st.booleans(),
        "settings": st.dictionaries(CODES, st.integers() | TEXTS, max_size=2),
    },
)
DEFINITIONS = st.fixed_dictionaries(
    {
        "code": CODES,
        "name": st.text("调研abc", min_size=1, max_size=20),
        "items": st.lists(ITEM, min_size=1, max_size=3, unique_by=lambda i: i["code"]),
    },
    optional={"brand": TEXTS, "is_anonymous": st.booleans()},
)


@settings(max_examples=30, deadline=None)
@given(DEFINITIONS)
def test_any_definition_survives_our_file(definition: dict[str, Any]) -> None:
    assert definition_faults(definition) == []
    assert read_questionnaire(dump_definition(definition)).definition == definition


def test_file_of_another_version_is_refused() -> None:
    data = json.loads(dump_definition(load_standard("csat5")))
    data["schema_version"] = 99
    with pytest.raises(ExchangeError, match=r"version 99 .* reads version 1"):
        read_questionnaire(json.dumps(data).encode())


def test_entities_are_never_expanded() -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><document>&b;</document>"""
    with pytest.raises(ExchangeError, match="entities"):
        read_questionnaire(bomb)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04", "archive"),
        (b"just words", "none that can be read"),
        (b"a,b\n1,2\n", "none that can be read"),
        (b'{"a": 1}', "neither"),
        (b'{"a": ', "no complete JSON"),
        (b'{"a": NaN}', "no complete JSON"),
        (b'{"a": "\\u0000"}', "UTF-8"),
        (b"[" * 100_000, "none that can be read"),
        (b'{"a":' + b"[" * 100_000, "no complete JSON"),
        (b"<document><x></document>", "no complete XML"),
        (b"<svg></svg>", "no LimeSurvey survey"),
        (b"<a>" * 40, "nested deeper"),
        (b"class\ttype/scale\tname\n", "lacks the columns text"),
        (b"class\ttype/scale\tname\ttext\tlanguage\n", "no questions"),
        (b'{"SurveyEntry": {}, "SurveyElements": []}', "0 questions"),
        (b"<" + b" " * (MOST_BYTES + 1), "at most 5 MB"),
    ],
)
def test_file_of_the_wrong_kind_gets_a_clear_error(file: bytes, said: str) -> None:
    with pytest.raises(ExchangeError, match=said):
        read_questionnaire(file)


def _read_or_refuse(file: bytes) -> None:
    try:
        reading = read_questionnaire(file)
    except ExchangeError:
        return
    assert definition_faults(reading.definition) == []
    lint(reading.definition)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_damaged_files_raise_the_declared_error_or_are_read(
    data: st.DataObject,
) -> None:
    name = data.draw(st.sampled_from(["network.lss", "store.txt", "store.qsf"]))
    file = bytearray(content(name))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(file) - 1))
        end = at + data.draw(st.integers(0, 60))
        file[at:end] = data.draw(st.binary(max_size=12))
        if not file:
            break
    _read_or_refuse(bytes(file))


JUNK = st.sampled_from(
    [None, [], {}, "", "x", 0, -1, 10**30, True, [[]], {"a": None}, ["1", None]],
)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    keys = node.keys() if isinstance(node, dict) else range(len(node))
    for key in list(keys):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_json_of_strange_shapes_raises_the_declared_error(data: st.DataObject) -> None:
    own = dump_definition(load_standard("rnps"))
    file = data.draw(st.sampled_from([content("store.qsf"), own]))
    tree = json.loads(file)
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(_places(tree))
        node, key = places[data.draw(st.integers(0, len(places) - 1))]
        node[key] = data.draw(JUNK)
    _read_or_refuse(json.dumps(tree).encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_noise_raises_the_declared_error(noise: bytes) -> None:
    for start in (
        b"",
        b"<document>",
        b"{",
        b"class\ttype/scale\tname\ttext\tlanguage\n",
    ):
        _read_or_refuse(start + noise)
