"""One number: page, CSV, workbook, API and command line agree on real surveys."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from cxstats.cli import main
from tests.zhiyin.conftest import organisation, person_with  # noqa: F401 - fixtures
from tests.zhiyin.listen.imports.conftest import Desk
from zhiyin.accounts.models import Person
from zhiyin.listen.customers.models import AttributeField
from zhiyin.listen.imports.models import ImportStatus

pytestmark = [pytest.mark.real_data, pytest.mark.django_db]

OVERALL = "语音通话整体满意度"
NUMBERS = ("value", "std_error", "lower", "upper", "n")


@pytest.fixture
def client(
    person_with: Callable[..., Person],  # noqa: F811
    settings: Any,
    tmp_path: Path,
) -> Client:
    settings.LAKE_ROOT = tmp_path / "lake"
    client = Client()
    client.force_login(person_with())
    return client


@pytest.fixture
def airport(client: Client, real_data_dir: Path) -> Path:
    """Import the airport survey through the pages; return its file."""
    path = real_data_dir / "sfo_2017" / "sfo_2017.csv"
    batch = Desk(client).run((path.name, path.read_bytes()), date="2017-05-31")
    assert batch.status == ImportStatus.DONE
    return path


@pytest.fixture
def voice(client: Client, real_data_dir: Path) -> Path:
    """Import the operator's workbook through the pages; return its file."""
    path = real_data_dir / "beijing_mobile_voice" / "voice_rated.xlsx"
    batch = Desk(client).run((path.name, path.read_bytes()), date="2022-01-31")
    assert batch.status == ImportStatus.DONE
    return path


def told(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    """Return the only group that the command line tells of."""
    assert main([*map(str, words), "--json"]) == 0
    (group,) = json.loads(capsys.readouterr().out)["groups"]
    return group


def of_api(client: Client, query: str) -> dict[str, Any]:
    return client.get(f"/api/v1/scores?{query}").json()


def of_csv(client: Client, query: str) -> list[float]:
    content = client.get(f"/analyze/scores.csv?{query}").content
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    (row,) = [row for row in rows if row[:1] == ["全部"]]
    return [float(cell) for cell in row[2:7]]


def of_workbook(client: Client, query: str) -> list[float]:
    content = client.get(f"/analyze/scores.xlsx?{query}").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    (row,) = [r for r in sheet.iter_rows(values_only=True) if r[0] == "全部"]
    return list(row[2:7])


def of_page(client: Client, query: str) -> tuple[str, str, str]:
    """Return value, half the interval, and n as the page writes them."""
    html = client.get(f"/analyze/scores/?{query}").content.decode()
    score = re.search(r'zy-score-value">\s*(\S+) <small>(\S*)</small>', html)
    n = re.search(r">n ([\d,]+)<", html)
    assert score
    assert n
    return score[1], score[2], n[1]


@pytest.mark.requirement("R000-20", "R002-05")
@pytest.mark.parametrize(
    ("weighted", "words", "value"),
    [
        ("0", ("--missing", "11"), 39.8),
        # Rows without an answer were not imported, so they are no part of the design
        # here either.
        (
            "1",
            ("--weight", "WEIGHT", "--strata", "STRATA", "--where", "NETPRO <= 10"),
            40.4,
        ),
    ],
)
def test_airport_survey_is_one_number_everywhere(
    client: Client, airport: Path, capsys: pytest.CaptureFixture[str],
    weighted: str, words: tuple[str, ...], value: float,
) -> None:  # fmt: skip
    query = f"period=all&weighted={weighted}"
    line = told(capsys, "nps", airport, "--score", "NETPRO", *words)
    api = of_api(client, query)
    assert (round(api["value"], 1), api["n"]) == (value, 2746)
    expected = [line[name] for name in NUMBERS]
    assert [api[name] for name in NUMBERS] == pytest.approx(expected, rel=1e-9)
    assert of_csv(client, query) == pytest.approx(expected, abs=1e-6)
    assert of_workbook(client, query) == pytest.approx(expected, abs=1e-6)
    half = (line["upper"] - line["lower"]) / 2
    assert of_page(client, query) == (f"{value:+.0f}", f"±{half:.0f}", "2,746")
    shares = ("promoters", "passives", "detractors")
    assert [api["parts"][name]["value"] for name in shares] == pytest.approx(
        [line[name] for name in shares]
    )
    assert api["metric"] == "rnps"


def test_operators_survey_is_one_number_everywhere(
    client: Client, voice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--score", OVERALL, "--scale", "1-10")
    for query, command, shown in (
        ("period=all", "csat", ("8.68", "5,433")),
        ("period=all&metric=nps_like", "nps", ("+59", "5,433")),
    ):
        line = told(capsys, command, voice, *asked)
        api = of_api(client, query)
        expected = [line[name] for name in NUMBERS]
        assert [api[name] for name in NUMBERS] == pytest.approx(expected, rel=1e-9)
        assert of_csv(client, query) == pytest.approx(expected, abs=1e-6)
        assert of_workbook(client, query) == pytest.approx(expected, abs=1e-6)
        page = of_page(client, query)
        assert (page[0], page[2]) == shown
    like = of_api(client, "period=all&metric=nps_like")
    assert (round(like["value"], 2), round(like["std_error"], 2)) == (58.72, 0.97)
    assert (like["metric"], like["unit"]) == ("nps_like", "points")
    mean = of_api(client, "period=all")
    assert round(mean["value"], 2) == 8.68
    boxes = [mean["parts"][name]["value"] for name in ("top_box", "bottom_box")]
    assert [round(100 * box, 1) for box in boxes] == [58.1, 3.8]
    counts = {10: 0, **{int(s): n for s, n in mean["distribution"].items()}}
    classes = [sum(counts[s] for s in group) for group in ((9, 10), (7, 8))]
    assert classes == [3921, 781]
    refused = client.get("/api/v1/scores?metric=rnps")
    assert refused.status_code == 422


KNOWN = [
    ("客户星级标识", "", {"三星": 66.7, "银卡": 50.7, "一星": 41.9}),
    ("是否遇到过网络问题", "", {"1": 30.1, "2": 90.6}),
    ("是否关怀用户", "", {"是": 72.0, "（未填）": 58.2}),
    ("家宽投诉", "1", {"低于 1": 58.8, "1 及以上": 55.4}),
    ("mos质差次数", "6", {"低于 6": 63.2, "6 及以上": 47.9}),
    ("未接通掉话次数", "3", {"低于 3": 61.0, "3 及以上": 35.0}),
]
SIZES = {
    ("是否遇到过网络问题", "1"): 2860, ("是否遇到过网络问题", "2"): 2573,
    ("是否关怀用户", "是"): 200, ("家宽投诉", "1 及以上"): 148,
    ("mos质差次数", "低于 6"): 3854, ("mos质差次数", "6 及以上"): 1579,
    ("客户星级标识", "钻石卡"): 10,
}  # fmt: skip


def column_of(label: str) -> str:
    fields = AttributeField.objects.all()
    (field,) = [one for one in fields if one.label.strip() == label]
    return field.column


def test_operators_known_groups_are_the_rows_of_the_table(
    client: Client, voice: Path
) -> None:
    for label, cuts, known in KNOWN:
        query = f"period=all&metric=nps_like&by={column_of(label)}"
        if AttributeField.objects.get(label__contains=label).kind == "number":
            query += f"&cuts={cuts or '2'}"
        found = client.get(f"/api/v1/scores/table?{query}").json()["groups"]
        rows = {row["label"]: row for row in found}
        renamed = {"低于 2": "1", "2 及以上": "2"} if not cuts else {}
        rows |= {new: rows[old] for old, new in renamed.items() if old in rows}
        for name, value in known.items():
            assert rows[name]["value"] == pytest.approx(value, abs=0.05), (label, name)
        for (of, name), n in SIZES.items():
            if of == label:
                assert rows[name]["n"] == n
        if label == "客户星级标识":
            small = rows["钻石卡"]
            assert (small["standing"], small["value"]) == ("hidden", None)
            html = client.get(f"/analyze/table/?{query}").content.decode()
            assert "+67" in html
            assert "−40" not in html


@pytest.mark.parametrize(
    ("label", "ticked", "share", "means"),
    [("高校", 3, 0.022, (6.12, 8.74)), ("有信号无法拨通", 2, 0.175, (6.92, 9.05))],
)
def test_operators_ticked_places_and_problems(
    client: Client, voice: Path, label: str, ticked: int, share: float,
    means: tuple[float, float],
) -> None:  # fmt: skip
    column = column_of(label)
    is_number = AttributeField.objects.get(label=label).kind == "number"
    cuts = f"&cuts={ticked}" if is_number else ""
    url = f"/api/v1/scores/table?period=all&by={column}{cuts}"
    rows = client.get(url).json()["groups"]
    assert sum(row["n"] for row in rows) == 5433
    rare, usual = sorted(rows, key=lambda row: row["n"])[-2:]
    assert rare["n"] / 5433 == pytest.approx(share, abs=0.0005)
    assert (rare["value"], usual["value"]) == pytest.approx(means, abs=0.005)
