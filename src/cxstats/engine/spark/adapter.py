"""Spark by pure SQL over Parquet: executors need no Python and no package of ours."""

from __future__ import annotations

import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from cxstats.engine.address import Address
from cxstats.engine.loading import Loaded, Rows, rows_of
from cxstats.engine.sources import ArrowData, BaseSource, ParquetFiles
from cxstats.engine.spark.dialect import SparkDialect
from cxstats.engine.sql import Scan, Session, SqlEngine
from cxstats.errors import EngineError, EngineNotAvailableError

try:
    from pyspark.errors import PySparkException
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    from cxstats.engine.spark.session import open_session
except ImportError as error:
    raise EngineNotAvailableError(
        "Spark's driver is not installed; run: pip install 'zhiyin[spark]' and install "
        "Java 17"
    ) from error

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType

__all__ = ["SparkEngine", "open_address"]


def open_address(address: Address) -> SparkEngine:
    """Open ``spark://host:7077``, ``local[2]`` or Spark Connect ``sc://host:15002``.

    Options that begin with ``spark.`` configure a session that is begun here:
    ``spark://host:7077?spark.executor.memory=4g``. ``staging=/shared/tmp`` names a
    folder that the driver and every executor see, through which tables in memory
    travel; without it the machine's temporary folder serves, which only a cluster
    on one machine shares.

    Raises
    ------
    EngineNotAvailableError
        If the driver or Java is missing, or the address does not answer.
    """
    return SparkEngine(address)


class SparkEngine(SqlEngine):
    """A Spark session.

    Parquet files are read where they lie; every executor must see their paths.
    """

    name = "spark"
    dialect = SparkDialect()
    gaps = {
        "rule_tags into Parquet": "it writes a folder of files, not one; use a table",
    }

    def __init__(self, address: Address) -> None:
        self._lock = threading.RLock()
        self._spark, self._stop = open_session(address)
        self._folder = Path(
            tempfile.mkdtemp(prefix="cxstats-", dir=address.option("staging") or None)
        )
        self._folder.chmod(0o755)
        self._kept = SparkLink(self._spark, self._folder)

    def close(self) -> None:
        """Drop what was copied; stop the session if it was begun here."""
        with self._lock:
            self._stop()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _session(self) -> AbstractContextManager[Session]:
        return self._lend()

    @contextmanager
    def _lend(self) -> Iterator[Session]:
        with self._lock:
            try:
                self._kept.tidy()
                yield self._kept
            except PySparkException as error:
                reason = str(error).split("\n", 1)[0][:500]
                raise EngineError(f"Spark failed: {reason}") from error


class SparkLink:
    """A session and the temporary views on it."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self._spark = spark
        self._folder = folder
        self._loaded = Loaded()
        self._made = 0

    def scan(self, source: BaseSource, names: Sequence[str]) -> Scan:
        """Read files and tables where they are; stage tables in memory."""
        if isinstance(source, ArrowData):
            return self._staged(source, names)
        if isinstance(source, ParquetFiles):
            text = self._view([_uri(path) for path in source.paths])
            self._loaded.once(text)
        else:
            text = SparkDialect().table(source.parts)
        schema = to_arrow_schema(self._spark.table(text).schema)
        return Scan(text, {item.name: (item.name, item.type) for item in schema})

    def tidy(self) -> None:
        """Drop copies that are no longer needed."""
        for name in self._loaded.surplus():
            self._spark.catalog.dropTempView(name)
            (self._folder / f"{name}.parquet").unlink(missing_ok=True)

    def fetch(self, sql: str) -> pa.Table:
        """Run a query and give its rows."""
        return self._spark.sql(sql).toArrow()

    def execute(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        self._spark.sql(sql)

    def _staged(self, source: ArrowData, names: Sequence[str]) -> Scan:
        rows = rows_of(source, names)
        columns = {
            name: (rows.inside[name], found) for name, found in rows.stored.items()
        }
        if not rows.wanted:
            return Scan("", columns)
        name = self._loaded.find(rows)
        if name is None:
            # Without a schema given Spark would begin a job to look for it.
            schema = from_arrow_schema(rows.schema, prefer_timestamp_ntz=True)
            name = self._view([_uri(self._write(rows))], schema)
            self._loaded.keep(rows, name)
        return Scan(name, columns)

    def _write(self, rows: Rows) -> str:
        path = str(self._folder / f"cxstats_{self._made}.parquet")
        with pq.ParquetWriter(path, rows.schema) as writer:
            for batch in rows.reader():
                writer.write_batch(batch)
        return path

    def _view(self, paths: Sequence[str], schema: StructType | None = None) -> str:
        name = f"cxstats_{self._made}"
        self._made += 1
        reader = self._spark.read.option("mergeSchema", str(len(paths) > 1).lower())
        if schema is not None:
            reader = reader.schema(schema)
        reader.parquet(*paths).createOrReplaceTempView(name)
        return name


def _uri(path: str) -> str:
    """Give a local path as Spark reads it: its pattern characters escaped."""
    if "://" in path:
        return path
    escaped = re.sub(r"([\\*?\[\]{}])", r"\\\1", str(Path(path).absolute()))
    return f"file://{escaped}"
