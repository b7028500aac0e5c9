"""Rows for a model: mixed columns as numbers and texts, missing values all alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cxstats.engine import Engine, Kind, OrderBy, Source, TopQuery, resolve_column
from cxstats.errors import InputError
from cxstats.estimates import Floats
from cxstats.files import FILE_COLUMN, open_tables
from cxstats.files.columns import LINE_COLUMN
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of

__all__ = [
    "MAX_ROWS",
    "ColumnKind",
    "Rows",
    "as_moments",
    "as_numbers",
    "as_texts",
    "kind_of_column",
    "read_rows",
]

MAX_ROWS = 500_000
"""Rows that a model may be trained on at once; they have to fit in memory."""

ColumnKind = Literal["number", "category", "moment"]
"""Numbers, texts and truth values, and points in time."""

Texts = npt.NDArray[np.object_]

_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_PADDED = r"[-+]?0[0-9]"
_DATE = r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[ T].*)?"
_DAY = 86_400e9


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows in memory, column by column, in an order that depends on content alone.

    Parameters
    ----------
    frame
        The columns as the engine gave them.
    unreadable
        Columns of lists, structures or bytes, which no model here can take.
    """

    frame: pd.DataFrame
    unreadable: tuple[str, ...] = ()
    _texts: dict[str, Texts] = field(default_factory=dict, repr=False)
    _kinds: dict[str, ColumnKind] = field(default_factory=dict, repr=False)
    _numbers: dict[str, Floats] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.frame)

    def __getitem__(self, name: str) -> pd.Series[Any]:
        """Give one column as the engine gave it.

        Raises
        ------
        ColumnNotFoundError
            If there is none of that name, spaces around it aside.
        """
        column: pd.Series[Any] = self.frame[self.name(name)]
        return column

    def name(self, name: str) -> str:
        """Give the stored name that is meant, spaces around it aside."""
        return resolve_column(name, list(self.frame.columns))

    def take(self, chosen: npt.NDArray[Any]) -> Rows:
        """Keep some rows, by a mask or by position."""
        kept = self.frame[chosen] if chosen.dtype == bool else self.frame.iloc[chosen]
        return Rows(
            kept.reset_index(drop=True),
            self.unreadable,
            {name: column[chosen] for name, column in self._texts.items()},
            dict(self._kinds),
            {name: column[chosen] for name, column in self._numbers.items()},
        )

    def texts(self, name: str) -> Texts:
        """Give one column as trimmed texts, read once; blank and NULL are None."""
        stored = self.name(name)
        if stored not in self._texts:
            self._texts[stored] = as_texts(self.frame[stored])
        return self._texts[stored]

    def kind(self, name: str) -> ColumnKind:
        """Tell what a column holds; some of the rows hold what all of them do."""
        stored = self.name(name)
        if stored not in self._kinds:
            self._kinds[stored] = kind_of_column(self.frame[stored])
        return self._kinds[stored]

    def numbers(self, name: str, *, is_moment: bool = False) -> Floats:
        """Give finite numbers, or moments in days, read once; NaN for all else."""
        stored = self.name(name)
        if stored not in self._numbers:
            column = self.frame[stored]
            read = as_moments(column) if is_moment else as_numbers(column)[0]
            self._numbers[stored] = read
        return self._numbers[stored]

    def keys(self, names: Sequence[str]) -> npt.NDArray[np.uint64]:
        """Give a 64-bit key of each row's content, the same in any order of rows."""
        # Numbers and missing values are hashed by their text so that 1 and 1.0, and
        # NaN and NULL, have one key.
        key = np.zeros(len(self), dtype=np.uint64)
        for name in names:
            texts = np.where(self.texts(name) == None, "", self.texts(name))  # noqa: E711 - element by element
            key = key * np.uint64(1_000_003) + pd.util.hash_array(texts)
        return key


def read_rows(
    data: Any,
    columns: Sequence[str] | None = None,
    *,
    where: str | Filter | None = None,
    engine: Engine | str | None = None,
    limit: int = MAX_ROWS,
) -> Rows:
    """Read rows for a model: the one analysis that needs more than counts.

    Parameters
    ----------
    data
        Anything that the library reads.
    columns
        Columns wanted; all by default.
    where
        Rows to keep.
    engine
        An engine or its URL.
    limit
        Rows that are accepted.

    Raises
    ------
    InputError
        If there is no row, or more rows than the limit.
    ColumnNotFoundError
        If a column is not in the data.
    """
    kept = filter_of(where)
    source = _source(data, columns, kept)
    with engine_for(engine) as opened:
        kinds = opened.kinds(source)
        names = (
            [name for name in kinds if not _is_position(name)]
            if columns is None
            else list(dict.fromkeys(resolve_column(name, kinds) for name in columns))
        )
        readable = [name for name in names if kinds[name] is not Kind.OTHER]
        if not readable:
            raise InputError("no column holds text, numbers, times or truth values")
        order = (OrderBy(readable[0]),)
        query = TopQuery(tuple(readable), order, limit + 1, where=kept)
        table = opened.top_rows(source, query)
    _check_size(table, limit)
    unreadable = tuple(name for name in names if name not in readable)
    return _sorted(Rows(table.to_pandas(date_as_object=False), unreadable))


def _source(data: Any, columns: Sequence[str] | None, kept: Filter | None) -> Source:
    if columns is None:
        is_file = isinstance(data, str | Path) and "://" not in str(data)
        return open_tables(data).to_source() if is_file else source_of(data, ())
    return source_of(data, [*columns, *(kept.columns() if kept is not None else ())])


def _is_position(name: str) -> bool:
    """Tell whether a column only says where a row stood in a file or frame."""
    return name in {LINE_COLUMN, FILE_COLUMN} or name.startswith("__index_level_")


def _check_size(table: pa.Table, limit: int) -> None:
    if not table.num_rows:
        raise InputError("there is no row to learn from; check the file and the filter")
    if table.num_rows > limit:
        raise InputError(
            f"there are more than {limit:,} rows, too many to hold in memory; keep a "
            "sample of the customers by a filter, for example where=\"month = '6'\""
        )


def _sorted(rows: Rows) -> Rows:
    order = np.argsort(rows.keys(list(rows.frame.columns)), kind="stable")
    return rows.take(order)


def kind_of_column(values: pd.Series[Any]) -> ColumnKind:
    """Tell what a column holds: text that is all numbers or all dates is not text."""
    if pd.api.types.is_bool_dtype(values):
        return "category"
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "moment"
    texts = pd.Series(as_texts(values), dtype=object).dropna().astype(str)
    if texts.empty:
        return "category"
    if texts.str.fullmatch(_NUMBER).all():
        # 007 is a name: a number would lose its zeros.
        return "category" if texts.str.match(_PADDED).any() else "number"
    return "moment" if texts.str.fullmatch(_DATE).all() else "category"


def as_texts(values: pd.Series[Any]) -> Texts:
    """Give trimmed texts; blank, NULL and NaN are None, 1.0 reads as 1."""
    found = values.astype(object).to_numpy(dtype=object)
    missing = pd.isna(values).to_numpy()
    made: Texts = np.empty(len(found), dtype=object)
    for at, (value, gone) in enumerate(zip(found, missing, strict=True)):
        made[at] = None if gone else (_text(value) or None)
    return made


def _text(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def as_numbers(values: pd.Series[Any]) -> tuple[Floats, int]:
    """Give finite numbers with NaN for all else, and how many were infinite."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
    else:
        texts = pd.Series(as_texts(values), dtype=object)
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float)
    infinite = int(np.isinf(numbers).sum())
    return np.where(np.isfinite(numbers), numbers, np.nan), infinite


def as_moments(values: pd.Series[Any]) -> Floats:
    """Give days since 1970-01-01 with fractions; NaN where there is no date."""
    if not pd.api.types.is_datetime64_any_dtype(values):
        texts = pd.Series(as_texts(values), dtype=object)
        plain = texts.str.replace(r"[/.](?=[0-9]{1,2}[/.]|[0-9]{1,2}(?:$|[ T]))", "-")
        values = pd.to_datetime(plain, format="mixed", errors="coerce", utc=True)
    moments = values.astype("datetime64[ns]" if values.dt.tz is None else "int64")
    days = moments.astype("int64").to_numpy(dtype=float) / _DAY
    return np.where(pd.isna(values).to_numpy(), np.nan, days)
