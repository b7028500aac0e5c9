"""Every row read is accepted, rejected, excluded or already there, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.zhiyin.listen.imports.conftest import Desk, total
from zhiyin.listen.imports.models import Import, ImportStatus
from zhiyin.listen.responses.models import Answer, Response

NPS = "id,nps,comment\n" + "".join(
    f"c{place},{score},{comment}\n"
    for place, (score, comment) in enumerate(
        [("10", "好"), ("0", ""), ("7", ""), ("11", ""), ("", "没有打分"), ("99", "")],
    )
)


@pytest.mark.requirement("R002-27", "R000-35")
def test_rows_are_counted_by_what_became_of_them(desk: Desk) -> None:
    batch = desk.run(("nps.csv", NPS))
    assert batch.status == ImportStatus.DONE
    assert (batch.rows_read, batch.rows_accepted) == (6, 3)
    assert batch.rows_excluded == 3
    assert batch.tally["excluded"] == {"11": 1, "blank": 1, "99": 1}
    assert total(batch) == batch.rows_read


def test_row_without_main_score_is_kept_only_for_its_other_answers(desk: Desk) -> None:
    batch = desk.run(("nps.csv", NPS))
    assert batch.rows_kept == 1
    kept = Response.objects.get(comment="没有打分")
    main = kept.answers.get(is_primary=True)
    assert main.score is None
    assert kept.excluded == ""
    assert Response.objects.count() == 4


@pytest.mark.requirement("R000-35")
def test_score_outside_its_scale_is_rejected_with_row_column_and_reason(
    desk: Desk,
) -> None:
    told = "nps\n" + "9\n0\n" * 10 + "12\nvery good\n-5\n8.5\n"
    batch = desk.run(("nps.csv", told), **{"missing-0": ""})
    assert batch.rows_rejected == 3
    assert batch.tally["rejected"] == {"out_of_range": 2, "not_a_score": 1}
    page = desk.page(batch, "")
    assert "very good" in page
    assert "22" in page
    assert total(batch) == batch.rows_read == 24


def test_answer_keeps_item_scale_and_instrument_version(desk: Desk) -> None:
    desk.run(("nps.csv", NPS))
    answer = Answer.objects.filter(is_primary=True, score=10).get()
    assert (answer.kind, answer.scale_min, answer.scale_max) == ("nps", 0, 10)
    assert (answer.detractor_max, answer.promoter_min) == (6, 9)
    version = answer.response.instrument_version
    assert version.instrument.is_imported
    item = version.items.get(is_primary=True)
    assert item.code == answer.item
    assert item.wording()["text"] == "nps"


def test_rows_that_do_not_fit_the_header_are_rejected(desk: Desk) -> None:
    told = "nps,region\n9,east\n8\n7,west,extra\n0,north\n"
    batch = desk.run(("nps.csv", told))
    assert batch.tally["rejected"] == {"too_few_cells": 1, "too_many_cells": 1}
    assert total(batch) == batch.rows_read == 4


def test_fields_labels_and_codes_are_recorded(desk: Desk) -> None:
    told = "nps,区域,arpu,w\n9,1,12.5,1.2\n0,2,n/a,0.8\n3,9,7,\n" * 8
    batch = desk.run(
        ("nps.csv", told),
        **{
            "role-1": "attribute",
            "asked-1": "1",
            "labels-1": "1=华东\n2=华南",
            "missing-1": "9",
            "role-2": "operational",
            "asked-2": "1",
            "number-2": "on",
            "role-3": "weight",
        },
    )
    assert batch.rows_accepted == 24
    first, second, third = Response.objects.order_by("pk")[:3]
    assert list(first.attributes.values()) == ["华东", 12.5]
    assert list(second.attributes.values()) == ["华南"]
    assert list(third.attributes.values()) == [7.0]
    assert (first.weight, third.weight) == (1.2, None)


def test_several_scores_and_comments_are_stored_each_under_its_own_item(
    desk: Desk,
) -> None:
    told = "nps,整体满意度,原因,建议\n9,5,网络好,\n0,1,慢,多建基站\n5,,,\n" * 10
    batch = desk.run(
        ("nps.csv", told),
        **{
            "role-1": "score",
            "metric-1": "csat:1-5",
            "role-2": "comment",
            "role-3": "comment",
        },
    )
    assert batch.rows_accepted == 30
    second = Response.objects.order_by("pk")[1]
    assert second.comment == "慢\n多建基站"
    assert sorted(second.answers.values_list("kind", flat=True)) == [
        "csat", "nps", "text", "text",
    ]  # fmt: skip
    assert batch.tally["missing"] == {"整体满意度": {"blank": 10}}


cells = st.sampled_from(["", "0", "5", "9", "10", "11", "12", "x", "7.5", " 8 ", "９"])


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(cells, st.sampled_from(["", "a", "b"])), min_size=1))
def test_counts_always_reconcile(desk: Desk, rows: list[tuple[str, str]]) -> None:
    body = "".join(f"{score},{who},x\n" for score, who in [("0", "z"), *rows])
    batch = desk.run(
        ("h.csv", f"nps,customer_id,note\n{body}"),
        **{
            "role-0": "score",
            "metric-0": "nps:0-10",
            "missing-0": "11",
            "primary": "0",
            "role-1": "customer",
            "role-2": "ignore",
        },
    )
    assert batch.status == ImportStatus.DONE
    assert total(batch) == batch.rows_read == len(rows) + 1
    stored = Response.objects.filter(source=batch.source).count()
    assert stored == batch.rows_accepted + batch.rows_kept


def test_several_files_are_one_import(desk: Desk) -> None:
    batch = desk.run(
        ("a.csv", "nps,region\n0,east\n10,west\n"),
        ("b.csv", " NPS \n3\n"),
    )
    assert (batch.rows_read, batch.rows_accepted) == (3, 3)
    assert Import.objects.count() == 1
