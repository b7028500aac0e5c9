from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cxstats.errors import InputError
from cxstats.schema import check_answers
from cxstats.simulate import Operator, SimulatedFiles
from cxstats.simulate.__main__ import main
from tests.cxstats.simulate.conftest import SCALE, Simulated


def fingerprints(files: SimulatedFiles) -> list[str]:
    paths = [*files.answers, *files.ratings]
    paths += [files.customers, files.comments, files.truth]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path,
) -> None:
    def written(name: str, seed: int) -> list[str]:
        return fingerprints(Operator(scale=1_500, seed=seed).write(tmp_path / name))

    first, again, other = written("a", 5), written("b", 5), written("c", 6)
    assert first == again
    assert not set(first) & set(other)


def test_a_customer_does_not_depend_on_how_many_are_drawn() -> None:
    few = next(Operator(scale=300, seed=5).batches()).customers
    many = next(Operator(scale=900, seed=5).batches()).customers
    assert few.equals(many.slice(0, few.num_rows))


@pytest.mark.parametrize("scale", [500, 5_000])
def test_the_scale_is_the_number_of_responses_within_the_noise_of_answering(
    scale: int,
) -> None:
    operator = Operator(scale=scale, seed=2)
    answers = sum(batch.answers.num_rows for batch in operator.batches())
    assert abs(answers - scale) < 4 * scale**0.5 + 0.015 * scale
    assert answers == operator.truth.responses


def test_a_scale_of_several_blocks_is_honoured_too(simulated: Simulated) -> None:
    assert len(list(simulated.operator.batches())) == 2
    assert abs(len(simulated.answers) - SCALE) < 4 * SCALE**0.5 + 0.015 * SCALE


def test_streamed_batches_and_written_files_hold_the_same_rows(
    simulated: Simulated,
) -> None:
    batches = list(simulated.operator.batches())
    streamed = {i for b in batches for i in b.answers["response_id"].to_pylist()}
    assert streamed == set(simulated.answers.response_id)
    assert len(streamed) == len(simulated.answers)
    assert sum(b.customers.num_rows for b in batches) == len(simulated.customers)
    assert simulated.customers.customer.is_unique


def test_every_file_and_every_batch_is_a_response_table(simulated: Simulated) -> None:
    for path in (*simulated.files.answers, *simulated.files.ratings):
        check_answers(pq.read_schema(path))
    batch = next(simulated.operator.batches())
    check_answers(batch.answers.schema)
    check_answers(batch.ratings.schema)


def test_a_month_file_holds_the_answers_of_that_month(simulated: Simulated) -> None:
    assert len(simulated.files.answers) == 15
    for path in simulated.files.answers:
        month = path.parent.name.removeprefix("month=")
        when = pq.ParquetFile(path).read(["responded_at"]).to_pandas().responded_at
        assert set(when.dt.strftime("%Y-%m")) == {month}


def test_the_last_day_is_the_day_asked_for() -> None:
    operator = Operator(scale=3_000, seed=1, end=date(2025, 2, 28))
    days = [
        when.date()
        for batch in operator.batches()
        for when in batch.answers["responded_at"].to_pylist()
    ]
    assert max(days) <= date(2025, 2, 28)
    assert min(days) >= date(2023, 12, 1)
    assert operator.truth.end == "2025-02-28"


def test_truth_is_saved_as_json_that_says_what_the_object_says(
    simulated: Simulated,
) -> None:
    saved = json.loads(simulated.files.truth.read_text(encoding="utf-8"))
    assert saved["responses"] == len(simulated.answers)
    assert saved["customers"] == len(simulated.customers)
    planted = {effect["code"]: effect["shift"] for effect in saved["effects"]}
    assert (
        planted["grid_5g_coverage"] == simulated.truth.effect("grid_5g_coverage").shift
    )


@pytest.mark.parametrize(("scale", "seed"), [(99, 1), (10**9, 1), (500, -1)])
def test_an_impossible_scale_or_seed_is_refused_with_what_was_received(
    scale: int, seed: int
) -> None:
    wrong = str(seed) if seed < 0 else str(scale)
    with pytest.raises(InputError, match=wrong):
        Operator(scale=scale, seed=seed)


def test_the_command_writes_the_files_and_refuses_a_bad_scale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--out", str(tmp_path), "--scale", "400"]) == 0
    assert "month files" in capsys.readouterr().out
    assert (tmp_path / "truth" / "truth.json").is_file()
    assert main(["--out", str(tmp_path), "--scale", "3"]) == 2
    assert "scale must lie between" in capsys.readouterr().err


SMALL = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.slow
def test_a_million_responses_are_written_in_bounded_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cxstats.simulate", "--scale", "1000000"]
    # A process inherits the peak of whoever starts it: a small one in between has none.
    between = [sys.executable, "-c", SMALL, *command, "--out", str(tmp_path)]
    done = subprocess.run(between, check=True, capture_output=True, text=True)
    peak = int(done.stdout.splitlines()[-1])
    files = sorted((tmp_path / "answers").rglob("*.parquet"))
    rows = sum(pq.ParquetFile(path).metadata.num_rows for path in files)
    assert rows > 980_000
    # The tables of a million responses take more than two gigabytes in memory.
    assert peak * 1024 < 1_200_000_000
