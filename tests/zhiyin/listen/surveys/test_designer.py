"""Designing a questionnaire in the browser, through the pages' own forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.zhiyin.listen.surveys.designing import form_on
from zhiyin.accounts.models import AuditEntry, Organisation, Person
from zhiyin.listen.surveys.models import InstrumentVersion, Item, ItemKind
from zhiyin.listen.surveys.services import create_standard_instrument, start_draft


@pytest.fixture
def researcher(
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> Client:
    return client_of(person_with("researcher", language="en"))


@pytest.fixture
def draft(organisation: Organisation) -> InstrumentVersion:
    made = create_standard_instrument(organisation=organisation)
    return start_draft(instrument=made)


@pytest.fixture
def base(draft: InstrumentVersion) -> str:
    return f"/listen/surveys/{draft.instrument_id}/edit/"


def order(draft: InstrumentVersion) -> list[tuple[int, str]]:
    return [(item.page, item.code) for item in draft.items.all()]


def item_form(client: Client, base: str, code: str) -> dict[str, Any]:
    address = f"{base}?item={code}&source=zh-hans&target=en"
    return form_on(client, address, ending=f"/items/{code}/")


def save(
    client: Client, base: str, code: str, /, *, drop: str = "", **changes: Any
) -> Any:
    sent = item_form(client, base, code)
    sent.pop(drop, None)
    changed = {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(f"{base}items/{code}/", sent | changed)


def test_every_kind_of_question_is_added_edited_and_saved(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    for kind in ItemKind.values:
        made = researcher.post(f"{base}add/", {"kind": kind, "page": "1"})
        code = made["Location"].split("item=")[1].split("&")[0]
        saved = save(researcher, base, code, text__en="Asked in English")
        assert saved.status_code == 302, (kind, saved.content.decode()[:200])
        item = draft.items.get(code=code)
        assert (item.kind, item.texts["en"]["text"]) == (kind, "Asked in English")
    assert draft.items.count() == 6 + len(ItemKind.values)
    refused = researcher.post(f"{base}add/", {"kind": "poem"}, follow=True)
    assert "no kind of question called poem" in refused.content.decode()


def test_questions_are_moved_duplicated_deleted_and_put_back(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    first = order(draft)
    researcher.post(f"{base}items/cause/up/")
    assert order(draft)[2:4] == [(1, "cause"), (1, "why_passive")]
    researcher.post(f"{base}items/cause/down/")
    assert order(draft) == first
    researcher.post(f"{base}items/contact/move/", {"page": "1", "place": "1"})
    assert order(draft)[1] == (1, "contact")
    researcher.post(f"{base}items/contact/duplicate/")
    assert order(draft)[2] == (1, "contact_2")
    page = researcher.post(f"{base}items/contact/delete/", follow=True)
    assert "The question contact is deleted." in page.content.decode()
    assert (1, "contact") not in order(draft)
    researcher.post(f"{base}undo/")
    assert order(draft)[1:3] == [(1, "contact"), (1, "contact_2")]
    assert draft.items.get(code="contact").texts["en"]["text"].startswith("May we")
    nothing = researcher.post(f"{base}undo/", follow=True)
    assert "There is nothing to put back." in nothing.content.decode()


def test_pages_are_split_named_and_joined(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    researcher.post(f"{base}items/cause/split/")
    assert [page for page, _code in order(draft)] == [1, 1, 1, 2, 2, 2]
    sent = form_on(researcher, f"{base}?page=2", ending="/pages/2/")
    sent |= {"title-en": "Your reasons", "is_shuffled": "on"}
    sent |= {"shown-0-fact": "class", "shown-0-op": "is", "shown-0-value": "detractor"}
    researcher.post(f"{base}pages/2/", sent)
    draft.refresh_from_db()
    assert draft.pages[1] == {
        "titles": {"en": "Your reasons"},
        "shown_if": {"fact": "class", "op": "is", "value": "detractor"},
        "is_shuffled": True,
    }
    shown = researcher.get(base).content.decode()
    assert "Page 2 · Your reasons" in shown
    assert "class of the main question is detractors" in shown
    researcher.post(f"{base}items/why_passive/down/")
    assert order(draft)[2] == (2, "why_passive")
    researcher.post(f"{base}pages/")
    assert "no question on this page" in researcher.get(base).content.decode()
    researcher.post(f"{base}pages/3/merge/")
    researcher.post(f"{base}pages/2/merge/")
    assert {page for page, _code in order(draft)} == {1}


def test_condition_and_skips_are_built_from_rows_and_read_as_a_sentence(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    rows = {
        "shown-join": "any",
        "shown-0-fact": "answer.nps",
        "shown-0-op": "at_most",
        "shown-0-value": "6",
        "shown-1-fact": "language",
        "shown-1-op": "one_of",
        "shown-1-value": "en， zh-hant",
        "skip0-0-fact": "answer.cause",
        "skip0-0-op": "is",
        "skip0-0-value": "OTH",
        "skip0-to": "contact",
    }
    sent = item_form(researcher, base, "cause") | rows
    assert researcher.post(f"{base}items/cause/", sent).status_code == 302
    item = draft.items.get(code="cause")
    assert item.shown_if == {
        "any": [
            {"fact": "answer.nps", "op": "at_most", "value": 6},
            {"fact": "language", "op": "one_of", "value": ["en", "zh-hant"]},
        ],
    }
    assert item.settings["skips"] == [
        {"if": {"fact": "answer.cause", "op": "is", "value": "OTH"}, "to": "contact"},
    ]
    shown = researcher.get(f"{base}?item=cause").content.decode()
    assert "is at least" in shown
    assert " or language is one of: English, 繁體中文" in shown
    unknown = save(researcher, base, "nps", **{"shown-0-fact": "answer.contact"})
    assert unknown.status_code == 400
    assert "“answer.contact” is not known here." in unknown.content.decode()


def test_nested_condition_is_edited_as_json(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    nested = '{"not": {"fact": "class", "op": "is", "value": "promoter"}}'
    sent = {"shown-mode": "json", "shown-json": nested}
    assert save(researcher, base, "cause", **sent).status_code == 302
    assert draft.items.get(code="cause").shown_if["not"]["fact"] == "class"
    kept = item_form(researcher, base, "cause")
    assert kept["shown-mode"] == "json"
    assert save(researcher, base, "cause").status_code == 302
    assert "not" in draft.items.get(code="cause").shown_if
    broken = save(researcher, base, "cause", **{"shown-json": '{"not": '})
    assert "This is no JSON" in broken.content.decode()


def test_choices_keep_codes_labels_and_what_is_special_about_them(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    researcher.post(f"{base}add/", {"kind": "multiple", "page": "1", "after": "nps"})
    rows = {
        "text-en": "What did you use?",
        "options-0-code": "shop",
        "options-0-label-en": "Shop",
        "options-0-label-zh-hans": "营业厅",
        "options-1-label-en": "None of these",
        "options-1-exclusive": "on",
        "options-2-label-en": "Other",
        "options-2-text": "on",
        "least": "1",
        "most": "2",
        "is_shuffled": "on",
    }
    assert save(researcher, base, "multiple", **rows).status_code == 302
    item = draft.items.get(code="multiple")
    assert item.texts["en"]["options"] == [
        ["shop", "Shop"],
        ["o1", "None of these"],
        ["o2", "Other"],
    ]
    assert item.texts["zh-hans"]["options"][0] == ["shop", "营业厅"]
    assert item.settings == {
        "least": 1,
        "most": 2,
        "is_shuffled": True,
        "exclusive": ["o1"],
        "with_text": ["o2"],
    }
    save(researcher, base, "multiple", move="options-2-up")
    codes = [c for c, _l in draft.items.get(code="multiple").texts["en"]["options"]]
    assert codes == ["shop", "o2", "o1"]
    twice = save(researcher, base, "multiple", **{"options-1-code": "shop"})
    assert "Twice there: shop." in twice.content.decode()


def test_second_editor_is_told_who_saved_and_keeps_the_input(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    other = client_of(person_with("researcher", language="en"))
    opened = item_form(other, base, "nps")
    save(researcher, base, "nps", text__en="Theirs {brand}")
    late = other.post(f"{base}items/nps/", opened | {"text-en": "Mine {brand}"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "researcher 1 saved this at" in page
    assert "Mine {brand}</textarea>" in page
    assert "Theirs {brand}" in page
    assert draft.items.get(code="nps").texts["en"]["text"] == "Theirs {brand}"
    elsewhere = save(other, base, "contact", text__en="May we call?")
    assert elsewhere.status_code == 302
    who = AuditEntry.objects.filter(action="version.edited", detail__part="item:nps")
    assert who.get().actor_name == "researcher 1"


def test_typing_is_saved_by_itself_and_says_so(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    sent = item_form(researcher, base, "nps") | {"text-en": "Typed {brand}"}
    headers = {"accept": "application/json"}
    saved = researcher.post(f"{base}items/nps/", sent, headers=headers)
    assert saved.json()["text"].startswith("Saved ")
    sent |= {"stamp": saved.json()["stamp"], "text-en": "Typed on {nobody}"}
    refused = researcher.post(f"{base}items/nps/", sent, headers=headers)
    assert refused.status_code == 400
    assert "Nothing can fill {nobody}" in refused.json()["text"]
    stale = researcher.post(f"{base}items/nps/", sent | {"stamp": "x"}, headers=headers)
    assert stale.status_code == 409
    assert draft.items.get(code="nps").texts["en"]["text"] == "Typed {brand}"


def test_new_question_takes_another_code_and_logic_follows(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    researcher.post(f"{base}add/", {"kind": "yes_no", "page": "1", "after": "nps"})
    logic = {"shown-0-fact": "answer.yes_no", "shown-0-value": "no"}
    assert save(researcher, base, "cause", **logic).status_code == 302
    assert save(researcher, base, "yes_no", code="solved").status_code == 302
    assert draft.items.get(code="cause").shown_if["fact"] == "answer.solved"
    fixed = save(researcher, base, "nps", code="other")
    assert fixed.status_code == 302
    assert Item.objects.filter(version=draft, code="nps").exists()
    warned = researcher.post(f"{base}items/solved/delete/", follow=True)
    assert "still refers to solved: cause" in warned.content.decode()


def test_wrong_scale_is_refused_with_the_reason(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    page = save(researcher, base, "nps", scale_min="10", scale_max="0")
    assert "A scale goes from a lower to a higher number" in page.content.decode()
    cut = save(researcher, base, "nps", promoter_min="11")
    assert "The cuts lie inside the scale" in cut.content.decode()
    assert draft.items.get(code="nps").scale_max == 10


def test_quotas_are_written_checked_and_removed(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    address = f"{base}quotas/"
    sent = form_on(researcher, address) | {
        "quota0-name": "Detractors",
        "quota0-code": "low",
        "quota0-limit": "many",
        "quota0-0-fact": "class",
        "quota0-0-op": "is",
        "quota0-0-value": "detractor",
    }
    refused = researcher.post(address, sent)
    assert "Received “many”." in refused.content.decode()
    researcher.post(address, sent | {"quota0-limit": "200"})
    draft.refresh_from_db()
    assert draft.quotas == [
        {
            "code": "low",
            "name": "Detractors",
            "if": {"fact": "class", "op": "is", "value": "detractor"},
            "limit": 200,
        },
    ]
    late = researcher.post(address, sent | {"quota0-limit": "300"})
    assert late.status_code == 409
    emptied = form_on(researcher, address)
    emptied |= {f"quota0-{name}": "" for name in ("name", "code", "limit")}
    researcher.post(address, emptied)
    draft.refresh_from_db()
    assert draft.quotas == []


@pytest.mark.requirement("R002-10")
def test_audience_of_a_questionnaire_is_chosen_and_shown(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    address = f"{base}settings/"
    for audience, shown in (
        ("dealer", "dealers"),
        ("employee", "employees"),
        ("resident", "residents"),
        ("consumer", "consumers"),
    ):
        sent = form_on(researcher, address) | {"audience": audience, "note": "who"}
        assert researcher.post(address, sent).status_code == 302
        page = researcher.get(f"/listen/surveys/{draft.instrument_id}/")
        assert shown in page.content.decode()


def test_preview_beside_the_editor_shows_the_draft_and_what_follows_a_score(
    researcher: Client,
    draft: InstrumentVersion,
    base: str,
) -> None:
    save(researcher, base, "nps", text__en="Drafted question about {brand}?")
    page = researcher.get(f"{base}?item=nps&source=en").content.decode()
    address = f"/listen/versions/{draft.pk}/preview/"
    assert f'src="{address}?lang=en"' in page
    shown = researcher.get(f"{address}?lang=en")
    assert "Drafted question about" in shown.content.decode()
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    low = researcher.get(f"{address}?lang=en&score=3").content.decode()
    high = researcher.get(f"{address}?lang=en&score=10").content.decode()
    assert "What is the main reason for your score?" in low
    assert "What impressed you most?" in high
    assert "What impressed you most?" not in low
