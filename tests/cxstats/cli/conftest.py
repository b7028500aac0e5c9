"""A small survey on disk, and the command line called in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cxstats.cli import main


@dataclass(frozen=True)
class Answer:
    """What one run of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def cxstats(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run the command line and give its exit code and both streams."""

    def run(*words: object) -> Answer:
        try:
            code = main([str(word) for word in words])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return run


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """200 answers of two regions and two waves, with blanks, codes and weights."""
    rows = ["推荐意愿, 区域 ,wave,weight,stratum"]
    for region, promoters, detractors in (("华东", 70, 10), ("西北", 40, 30)):
        scores = ["9"] * promoters + ["8"] * (100 - promoters - detractors)
        scores += ["3"] * detractors
        for place, score in enumerate(scores):
            wave = "2025" if place % 2 else "2026"
            rows.append(f"{score},{region},{wave},{1 + place % 3},{place % 2}")
    rows += [",华东,2025,1,0", "98,西北,2026,1,1", "不知道,西北,2026,1,1"]
    path = tmp_path / "survey.csv"
    path.write_bytes("\n".join(rows).encode("gb18030"))
    return path
