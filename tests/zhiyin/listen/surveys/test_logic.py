"""What is asked next: conditions, skips, pages, random order, quotas."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zhiyin.listen.surveys.queries.logic import (
    course_of,
    full_quota,
    options_of,
    quotas_met,
)
from zhiyin.listen.surveys.queries.snapshots import ItemSnapshot, VersionSnapshot
from zhiyin.listen.surveys.queries.wordings import fill


def item(code: str, kind: str = "text", **more: Any) -> ItemSnapshot:
    scored = kind in {"nps", "csat", "matrix"}
    plain: dict[str, Any] = {
        "is_primary": kind == "nps",
        "is_required": False,
        "asked_of": "",
        "scale_min": 0 if scored else None,
        "scale_max": 10 if scored else None,
        "detractor_max": 6 if kind == "nps" else None,
        "promoter_min": 9 if kind == "nps" else None,
        "texts": {"en": {"text": code}},
    }
    return ItemSnapshot(code=code, kind=kind, **(plain | more))


def version(*items: ItemSnapshot, **more: Any) -> VersionSnapshot:
    return VersionSnapshot(
        pk=1,
        instrument_id=1,
        number=1,
        languages=("en",),
        brand="",
        texts={},
        items=items,
        **more,
    )


def fact(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"fact": name, "op": op, "value": value}


def shown(made: VersionSnapshot, answers: Any = None, known: Any = None) -> list[str]:
    return [each.code for each in course_of(made, answers or {}, known).items]


def test_items_follow_class_answers_fields_touchpoint_and_language() -> None:
    made = version(
        item("nps", "nps"),
        item("why", asked_of="detractor"),
        item("bill", shown_if=fact("answer.why", "contains", "bill")),
        item("city", shown_if=fact("field.city", "is", "成都")),
        item("call", shown_if=fact("touchpoint", "is", "TP_HOTLINE")),
        item("not_english", shown_if=fact("language", "is_not", "en")),
    )
    known = {"field.city": "成都", "touchpoint": "TP_HOTLINE", "language": "en"}
    assert shown(made, {"nps": 3, "why": "my bill"}, known) == [
        "nps",
        "why",
        "bill",
        "city",
        "call",
    ]
    assert shown(made, {"nps": 9, "why": "my bill"}) == ["nps", "not_english"]


def test_answer_to_a_hidden_item_steers_nothing() -> None:
    made = version(
        item("a", "choice"),
        item("b", "choice", shown_if=fact("answer.a", "is", "yes")),
        item("c", shown_if=fact("answer.b", "is", "yes")),
    )
    assert shown(made, {"a": ["yes"], "b": ["yes"]}) == ["a", "b", "c"]
    assert shown(made, {"a": ["no"], "b": ["yes"]}) == ["a"]


def test_skip_leads_to_a_later_item_or_to_the_end_and_never_back() -> None:
    def made(to: str) -> VersionSnapshot:
        skips = [{"if": fact("answer.a", "is", "yes"), "to": to}]
        return version(
            item("first"),
            item("a", "choice", settings={"skips": skips}),
            item("b", page=2),
            item("c", page=2),
        )

    assert shown(made("c"), {"a": ["yes"]}) == ["first", "a", "c"]
    assert shown(made("end"), {"a": ["yes"]}) == ["first", "a"]
    assert shown(made("first"), {"a": ["yes"]}) == ["first", "a", "b", "c"]
    assert shown(made("c"), {"a": ["no"]}) == ["first", "a", "b", "c"]


def test_page_is_shown_by_its_own_condition() -> None:
    made = version(
        item("a", "choice"),
        item("b", page=2),
        item("c", page=3),
        pages=({}, {"shown_if": fact("answer.a", "is", "yes")}, {}),
    )
    course = course_of(made, {"a": ["no"]})
    assert [page.number for page in course.pages] == [1, 3]
    assert course.after(1) == 3
    assert course.before(3) == 1
    assert course.after(3) is None


def test_matrix_gives_a_fact_per_row() -> None:
    texts = {"en": {"text": "m", "rows": [["voice", "Voice"], ["data", "Data"]]}}
    made = version(
        item("m", "matrix", texts=texts),
        item("why", shown_if=fact("answer.m.data", "at_most", 3)),
    )
    assert shown(made, {"m.voice": 1, "m.data": 9}) == ["m"]
    assert shown(made, {"m.data": 2}) == ["m", "why"]


CODES = st.lists(
    st.text("abcdefgh", min_size=1, max_size=3),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(CODES, st.text(min_size=1, max_size=5))
def test_random_order_is_the_same_for_a_visit_and_loses_nothing(
    codes: list[str],
    seed: str,
) -> None:
    made = version(*(item(code) for code in codes), pages=({"is_shuffled": True},))
    first = [each.code for each in course_of(made, {}, seed=seed).items]
    again = [each.code for each in course_of(made, {"a": "x"}, seed=seed).items]
    assert sorted(first) == sorted(codes)
    assert first == again


@given(CODES, st.text(min_size=1, max_size=5))
def test_exclusive_options_stay_last_in_any_order(codes: list[str], seed: str) -> None:
    settings = {"is_shuffled": True, "exclusive": [codes[0]]}
    pairs = options_of(
        item("x", "multiple", settings=settings),
        [[code, code] for code in codes],
        seed,
    )
    assert pairs[-1][0] == codes[0]
    assert sorted(code for code, _label in pairs) == sorted(codes)


def test_different_visits_see_different_orders() -> None:
    made = version(*(item(code) for code in "abcdef"), pages=({"is_shuffled": True},))
    orders = {
        tuple(each.code for each in course_of(made, {}, seed=str(n)).items)
        for n in range(20)
    }
    assert len(orders) > 10


ANSWERS = st.dictionaries(
    st.sampled_from(["q0", "q1", "q2", "q3"]),
    st.sampled_from([["yes"], ["no"]]),
)
LOGIC = st.lists(
    st.tuples(
        st.sampled_from(["q0", "q1", "q2", "q3"]),
        st.sampled_from(["is", "is_not", "known", "unknown"]),
        st.sampled_from(["", "q1", "q3", "end"]),
        st.integers(1, 3),
    ),
    min_size=4,
    max_size=4,
)


@given(LOGIC, ANSWERS)
def test_course_depends_only_on_answers_to_what_is_shown(
    logic: list[tuple[str, str, str, int]],
    answers: dict[str, list[str]],
) -> None:
    made = version(
        *(
            item(
                f"q{n}",
                "choice",
                page=page,
                shown_if=fact(f"answer.{name}", op, "yes"),
                settings={"skips": [{"if": fact("answer.q0", "known"), "to": to}]},
            )
            for n, (name, op, to, page) in enumerate(logic)
        ),
    )
    course = course_of(made, answers)
    kept = {code: value for code, value in answers.items() if code in course.codes}
    assert course_of(made, kept).codes == course.codes
    numbers = [page.number for page in course.pages]
    assert numbers == sorted(set(numbers))


def test_quota_counts_who_meets_its_condition_once_that_is_decided() -> None:
    made = version(
        item("nps", "nps"),
        quotas=(
            {"code": "young", "if": fact("field.age", "at_most", 30), "limit": 2},
            {"code": "happy", "if": fact("class", "is", "promoter"), "limit": 1},
            {"code": "other", "if": fact("answer.x", "is_not", "y"), "limit": 1},
        ),
    )
    before = quotas_met(made, {"field.age": 20}, is_complete=False)
    assert [quota["code"] for quota in before] == ["young"]
    facts = {"field.age": 20, "class": "promoter"}
    after = quotas_met(made, facts, is_complete=True)
    assert [quota["code"] for quota in after] == ["young", "happy", "other"]
    assert full_quota(after, {"young": 1, "happy": 1}) == "happy"
    assert full_quota(after, {"young": 1}) == ""


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_reader_sees_the_braces_of_a_slot(text: str, value: str) -> None:
    wording = "Dear {field.name}, " + text.replace("{", "").replace("}", "")
    filled = fill(wording, {"field.name": value})
    assert filled.count("{") == value[:200].count("{")
    assert "field.name" not in filled or "field.name" in value + text


def test_slots_are_filled_once_and_leave_no_trace_when_empty() -> None:
    slots = {"answer.why": "{brand} was slow", "brand": "X"}
    assert fill("You said: {answer.why}.", slots) == "You said: {brand} was slow."
    assert fill("Thank you {field.name}, {nobody}!", {}) == "Thank you,!"
    assert fill("About {brand}[ and {field.plan}]", slots) == "About X"
