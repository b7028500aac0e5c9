from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cxstats.simulate import export_survey_csv


def read(path: Path, encoding: str) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        head, *rows = csv.reader(file)
    return head, rows


def test_the_file_looks_like_one_people_have(tmp_path: Path) -> None:
    path = export_survey_csv(tmp_path / "调研.csv", rows=2_000, seed=3)
    head, rows = read(path, "utf-8-sig")
    assert len(rows) == 2_000
    assert " 推荐意愿(0-10分) " in head
    scores = [row[4] for row in rows]
    assert "99" in scores
    assert any(score.endswith("分") for score in scores)
    plain = {score.removesuffix("分") for score in scores} - {"99"}
    assert plain <= {str(score) for score in range(11)}
    assert all(row[1].count("/") == 2 for row in rows)
    assert any("一" <= letter <= "鿿" for row in rows for letter in row[5])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_tidy_file_has_clean_headers_and_empty_blanks(
    tmp_path: Path, encoding: str
) -> None:
    path = export_survey_csv(
        tmp_path / "tidy.csv", rows=800, encoding=encoding, tidy=True
    )
    head, rows = read(path, encoding)
    assert all(name == name.strip() for name in head)
    scores = {row[4] for row in rows}
    assert scores <= {"", *(str(score) for score in range(11))}


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    one = export_survey_csv(tmp_path / "1.csv", rows=300, seed=9)
    two = export_survey_csv(tmp_path / "2.csv", rows=300, seed=9)
    assert one.read_bytes() == two.read_bytes()
