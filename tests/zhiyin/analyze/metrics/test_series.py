"""Series: told apart by as little as needed, never by less."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.zhiyin.analyze.dashboards.world import NPS, World, mixed
from zhiyin.accounts.models import Person
from zhiyin.analyze.metrics.queries.series import told_by
from zhiyin.listen.responses.models import Answer

VALUES = st.tuples(
    st.sampled_from(["NPS_REL", "Q1"]),
    st.sampled_from(["relationship", "transactional"]),
    st.sampled_from(["nps", "csat"]),
    st.sampled_from([0, 1]),
    st.sampled_from([5, 10]),
    st.sampled_from([6, None]),
    st.sampled_from([9, None]),
)


@given(st.sets(VALUES, min_size=1, max_size=20))
def test_columns_that_tell_a_series_fit_no_other_one(places: set[tuple]) -> None:
    for place in places:
        length = len(told_by(place, places))
        alike = [other for other in places if other[:length] == place[:length]]
        assert alike == [place]


@pytest.mark.django_db
def test_same_question_in_both_streams_and_on_two_scales_stays_apart(
    world: World,
    person_with: Callable[..., Person],
    client_of: Callable[[Person], Client],
) -> None:
    world.answer(mixed(40, 0, 0), "relationship")
    rows = world.answer([None] * 50, "relationship")
    Answer.objects.filter(response__in=rows).delete()
    Answer.objects.bulk_create(
        Answer(response=row, item="NPS_REL", is_primary=True, score=1,
               **(NPS | {"scale_min": 1}))
        for row in rows
    )  # fmt: skip
    moved = world.answer([None] * 60, "transactional")
    Answer.objects.filter(response__in=moved).update(item="NPS_REL", score=0)
    world.sync()
    client = client_of(person_with())
    listed = client.get("/api/v1/series").json()["series"]
    counts = {
        one["q"]: client.get("/api/v1/scores", {"q": one["q"]}).json()["n"]
        for one in listed
    }
    assert counts == {
        "relationship.nps.NPS_REL.0~10~6~9": 40,
        "relationship.nps.NPS_REL.1~10~6~9": 50,
        "transactional.nps.NPS_REL.0~10~6~9": 60,
    }
    like = client.get("/api/v1/scores", {"q": "relationship.nps.NPS_REL.1~10~6~9"})
    assert like.json()["metric"] == "nps_like"
