"""One operator of 60,000 responses, written once for all tests of its truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cxstats.simulate import Operator, SimulatedFiles, Truth

SCALE = 60_000


@dataclass(frozen=True)
class Simulated:
    operator: Operator
    files: SimulatedFiles
    truth: Truth
    answers: pd.DataFrame
    ratings: pd.DataFrame
    customers: pd.DataFrame
    comments: pd.DataFrame

    @property
    def valid(self) -> pd.DataFrame:
        rows = self.answers
        return rows[rows.score.notna() & rows.excluded.isna()]

    def wave(self, which: int) -> pd.DataFrame:
        rows = self.valid
        return rows[rows.wave == self.truth.waves[which]]


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    operator = Operator(scale=SCALE, seed=11)
    files = operator.write(tmp_path_factory.mktemp("operator"))
    return Simulated(
        operator=operator,
        files=files,
        truth=operator.truth,
        answers=_read(files.answers),
        ratings=_read(files.ratings),
        customers=_read((files.customers,)),
        comments=_read((files.comments,)),
    )


def _read(paths: tuple[Path, ...]) -> pd.DataFrame:
    tables = [pq.ParquetFile(path).read().to_pandas() for path in paths]
    return pd.concat(tables, ignore_index=True)


def nps(scores: pd.Series) -> float:
    return 100 * float(np.mean(scores >= 9) - np.mean(scores <= 6))


def nps_error(scores: pd.Series) -> float:
    sign = (scores >= 9).astype(float) - (scores <= 6).astype(float)
    return 100 * float(sign.std(ddof=1)) / len(scores) ** 0.5
