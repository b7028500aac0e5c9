"""Any order of changes and syncs ends with the same rows on both sides."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.zhiyin.analyze.lake.scenario import (
    START,
    Survey,
    double,
    expected_rows,
    lake_rows,
    make_customer,
    make_survey,
    register_field,
)
from zhiyin.accounts.models import Organisation
from zhiyin.analyze.lake.queries.attributes import as_category, as_number
from zhiyin.analyze.lake.queries.manifest import DataFile, read_manifest
from zhiyin.analyze.lake.services import rebuild_organisation, sync_organisation
from zhiyin.analyze.lake.services.building import swallow
from zhiyin.listen.customers.models import AttributeField, Customer
from zhiyin.listen.responses.models import Answer, Response

codes = itertools.count(1)
words = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8
)
days = st.integers(0, 400).map(lambda n: START + dt.timedelta(days=n, microseconds=n))
values = st.one_of(words, st.integers(-5, 5), st.none())
responses = st.fixed_dictionaries(
    {},
    optional={
        "score": st.one_of(st.none(), st.integers(0, 10)),
        "satisfaction": st.one_of(st.none(), st.integers(1, 5)),
        "comment": words,
        "texts": st.lists(words, max_size=3),
        "responded_at": days,
        "attributes": st.fixed_dictionaries({}, optional={"plan": values}),
        "weight": st.floats(0.1, 10),
    },
)
changes = st.one_of(
    st.tuples(st.just("respond"), responses),
    st.tuples(st.just("rescore"), st.integers(0, 99)),
    st.tuples(st.just("redate"), st.tuples(st.integers(0, 99), days)),
    st.tuples(st.just("exclude"), st.integers(0, 99)),
    st.tuples(st.just("erase"), st.integers(0, 99)),
    st.tuples(st.just("unlink"), st.integers(0, 99)),
    st.tuples(st.just("register"), st.sampled_from(["plan", "arpu"])),
    st.tuples(st.just("unregister"), st.none()),
    st.tuples(st.just("sync"), st.none()),
    st.tuples(st.just("rebuild"), st.none()),
)


class Steps:
    """One organisation, changed step by step."""

    def __init__(self) -> None:
        number = next(codes)
        self.organisation = Organisation.objects.create(
            code=f"o{number}", name="某", brand="某"
        )
        self.survey: Survey = make_survey(self.organisation)
        self.customer = make_customer(self.organisation, number)

    def one(self, number: int) -> Any:
        rows = Response.objects.of(self.organisation).order_by("pk")
        count = rows.count()
        return rows.filter(pk=rows[number % count].pk) if count else rows.none()

    def respond(self, given: dict[str, Any]) -> None:
        self.survey.respond(**{"customer": self.customer, **given})

    def rescore(self, number: int) -> None:
        rows = Answer.objects.filter(response__in=self.one(number))
        rows.filter(scale_min__isnull=False).update(score=1)

    def redate(self, given: tuple[int, dt.datetime]) -> None:
        self.one(given[0]).update(responded_at=given[1])

    def exclude(self, number: int) -> None:
        self.one(number).update(excluded="speeder" if number % 2 else "")

    def erase(self, number: int) -> None:
        self.one(number).delete()

    def unlink(self, _number: int) -> None:
        Customer.objects.of(self.organisation).delete()
        self.customer = None

    def register(self, code: str) -> None:
        if not AttributeField.objects.of(self.organisation).filter(code=code).exists():
            register_field(self.organisation, code, "category")

    def unregister(self, _nothing: None) -> None:
        AttributeField.objects.of(self.organisation).delete()

    def sync(self, _nothing: None = None) -> None:
        sync_organisation(organisation=self.organisation)
        assert lake_rows(self.organisation) == expected_rows(self.organisation)

    def rebuild(self, _nothing: None) -> None:
        rebuild_organisation(organisation=self.organisation)
        assert lake_rows(self.organisation) == expected_rows(self.organisation)


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(changes, min_size=4, max_size=16))
def test_lake_equals_the_database_after_any_changes(
    steps: list[tuple[str, Any]],
) -> None:
    at_work = Steps()
    for name, value in steps:
        getattr(at_work, name)(value)
    at_work.sync()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_a_small_change_to_many_answers_copies_few_of_them(survey: Survey) -> None:
    survey.respond_many(400)
    double(7)
    first = sync_organisation(organisation=survey.organisation)
    assert (first.rows, first.rows_written) == (51_200, 51_200)
    survey.respond(satisfaction=None)
    Response.objects.filter(pk__in=Response.objects.order_by("pk")[:5]).update(wave="w")
    delta = sync_organisation(organisation=survey.organisation)
    assert delta.rows == 51_201
    assert delta.rows_written < 40_000, "untouched months were not copied"
    manifest = read_manifest(survey.organisation.pk)
    assert manifest is not None
    assert sum(file.rows for file in manifest.files) == 51_201


def made_of(rows: int, number: int) -> DataFile:
    return DataFile(
        path=f"{number}", month="2026-01", rows=rows, size=0, sha256="",
        response_low=0, response_high=0, revision_low=0, revision_high=0,
        attributes={},
    )  # fmt: skip


@given(st.lists(st.integers(1, 3000), min_size=200, max_size=400))
@settings(max_examples=20, deadline=None)
def test_month_fed_in_small_pieces_keeps_few_files_and_copies_little(
    arriving: list[int],
) -> None:
    files: list[DataFile] = []
    copied = 0
    for number, rows in enumerate(arriving):
        taken = swallow(files, rows)
        merged = rows + sum(file.rows for file in taken)
        copied += merged
        files = [file for file in files if file not in taken]
        files.append(replace(made_of(merged, number), rows=merged))
    assert len(files) <= 6
    assert sum(file.rows for file in files) == sum(arriving)
    assert copied <= 12 * sum(arriving) + 10_000 * len(arriving)


def test_file_is_never_grown_beyond_its_limit() -> None:
    files = [made_of(1_500_000, 1), made_of(400_000, 2)]
    assert swallow(files, 200_000) == (files[1],)
    assert swallow(files, 0) == ()


@pytest.mark.parametrize(
    ("value", "category", "number"),
    [
        ("华东", "华东", None),
        (3, "3", 3.0),
        (3.0, "3", 3.0),
        (2.5, "2.5", 2.5),
        ("58.5", "58.5", 58.5),
        (True, "true", 1.0),
        (["a", "b"], '["a","b"]', None),
        ("", "", None),
        ("inf", "inf", None),
        (10**400, str(10**400), None),
        (None, None, None),
    ],
)
def test_value_becomes_what_its_field_says(
    value: Any, category: str | None, number: float | None
) -> None:
    assert as_category(value) == category
    assert as_number(value) == number
