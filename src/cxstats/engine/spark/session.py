"""The beginning and the end of a Spark session."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession as ClassicSession

from cxstats.engine.address import Address
from cxstats.errors import EngineNotAvailableError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["open_session"]

_PATIENCE_SECONDS = 5

# Runtime settings without which the answers would depend on the site.
_RUNTIME = {
    # Without this "${name}" inside a value would be replaced by a setting.
    "spark.sql.variable.substitute": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
_START = {
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.enabled": "false",
}


def open_session(address: Address) -> tuple[SparkSession, Callable[[], None]]:
    """Open a session and give it with the function that ends it.

    A session that runs in this process already is shared, not stopped: ours is a
    new one beside it, with its own settings and views.

    Raises
    ------
    EngineNotAvailableError
        If Java is missing or the address does not answer.
    """
    if address.scheme == "sc":
        _knock(address, 15002)
        return _remote(address)
    if address.scheme == "spark":
        _knock(address, 7077)
    running = SparkContext._active_spark_context is not None  # noqa: SLF001 - no public way to ask
    builder = ClassicSession.builder.appName("cxstats").master(_master(address))
    for name, value in {**_START, **_spark_options(address)}.items():
        builder = builder.config(name, value)
    try:
        first = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        raise EngineNotAvailableError(
            f"Spark cannot begin at {_master(address)}: {str(error)[:300]}; check the "
            "address and that Java 17 is installed"
        ) from error
    session = first.newSession()
    _settle(session)
    return session, (lambda: None) if running else first.stop


def _remote(address: Address) -> tuple[SparkSession, Callable[[], None]]:
    try:
        from pyspark.sql.connect.session import SparkSession as RemoteSession  # noqa: PLC0415
    except ImportError as error:
        raise EngineNotAvailableError(
            f"Spark Connect's driver is not installed ({error}); run: "
            "pip install 'pyspark[connect]'"
        ) from error
    try:
        session = RemoteSession.builder.remote(address.url).create()
        _settle(session)
    except (PySparkException, RuntimeError, OSError) as error:
        raise EngineNotAvailableError(
            f"Spark Connect does not answer at {address.shown}: {str(error)[:300]}"
        ) from error
    return session, session.stop


def _knock(address: Address, port: int) -> None:
    """Try the port at once; Spark itself would go on trying for minutes."""
    try:
        host = (address.host, address.port or port)
        socket.create_connection(host, timeout=_PATIENCE_SECONDS).close()
    except OSError as error:
        raise EngineNotAvailableError(
            f"Spark does not answer at {address.shown}: {error}"
        ) from error


def _settle(session: SparkSession) -> None:
    for name, value in _RUNTIME.items():
        session.conf.set(name, value)


def _master(address: Address) -> str:
    if address.scheme == "local":
        return address.url.split("?", 1)[0]
    return f"spark://{address.host}:{address.port or 7077}"


def _spark_options(address: Address) -> dict[str, str]:
    return {name: value for name, value in address.options if name.startswith("spark.")}
