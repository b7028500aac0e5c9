"""Which responses changed since a horizon, and in which months they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiyin.analyze.lake.queries.readings import Reading
from zhiyin.analyze.lake.queries.rows import Ids

_ID = pa.schema([("id", pa.int64())])
_MONTH = pa.schema([("month", pa.string())])
_ID_AND_MONTH = pa.schema([("id", pa.int64()), ("month", pa.string())])

NOTHING: Ids = np.empty(0, dtype=np.int64)


class Changes(Protocol):
    """What has to be read, month by month, and which rows are outdated."""

    @property
    def outdated(self) -> Ids:
        """Responses whose rows in the lake are no longer true, in order."""

    def months(self) -> Iterator[str]:
        """Yield each month in which there are rows to read."""

    def ids(self, month: str) -> Ids:
        """Return the responses of a month to read, in order."""


@dataclass(frozen=True)
class Everything:
    """All rows of an organisation, looked up a month at a time."""

    reading: Reading
    organisation_id: int
    outdated: Ids = field(default_factory=lambda: NOTHING)

    def months(self) -> Iterator[str]:
        """Yield each month in which there are rows to read."""
        month = self.reading.dialect.month("responded_at")
        sql = (
            f"SELECT DISTINCT {month} FROM responses_response "
            f"WHERE organisation_id = {self.organisation_id} ORDER BY 1"
        )
        yield from self.reading.table(sql, _MONTH)["month"].to_pylist()

    def ids(self, month: str) -> Ids:
        """Return the responses of a month to read, in order."""
        sql = (
            "SELECT id FROM responses_response "
            f"WHERE organisation_id = {self.organisation_id} "
            f"AND {self.reading.dialect.within('responded_at', month)} ORDER BY id"
        )
        return _numbers(self.reading.table(sql, _ID))


@dataclass(frozen=True)
class Since:
    """Rows changed since a horizon; the outdated ones include what was erased."""

    outdated: Ids
    by_month: dict[str, Ids]

    def months(self) -> Iterator[str]:
        """Yield each month in which there are rows to read."""
        yield from sorted(self.by_month)

    def ids(self, month: str) -> Ids:
        """Return the responses of a month to read, in order."""
        return self.by_month.get(month, NOTHING)


def changes_since(reading: Reading, organisation_id: int, horizon: str) -> Since:
    """Read which responses were written or erased since a horizon."""
    changed = reading.dialect.changed("revision", horizon)
    owned = f"organisation_id = {organisation_id} AND {changed}"
    month = reading.dialect.month("responded_at")
    written = reading.table(
        f"SELECT id, {month} FROM responses_response WHERE {owned} ORDER BY id",
        _ID_AND_MONTH,
    )
    erased = reading.table(
        f"SELECT response_id FROM responses_erasedresponse WHERE {owned}",
        _ID,
    )
    return Since(
        outdated=np.union1d(_numbers(written), _numbers(erased)),
        by_month={
            each: _numbers(written.filter(pc.equal(written["month"], each)))
            for each in written["month"].unique().to_pylist()
        },
    )


def _numbers(table: pa.Table) -> Ids:
    numbers: Ids = table["id"].to_numpy()
    return numbers
