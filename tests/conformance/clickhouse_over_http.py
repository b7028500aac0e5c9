"""ClickHouse's HTTP door in front of its embedded engine, for the driver to talk to.

The embedded engine has no server; this one hands each request's statement to it and
gives back the bytes, which is all that the driver sees of a server.
"""

from __future__ import annotations

import re
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import chdb

_INSERT = re.compile(
    r"\s*INSERT\s+INTO\s+(?P<table>.+?)\s+FORMAT\s+(?P<format>\w+)\s*$",
    re.IGNORECASE | re.DOTALL,
)
_FORMAT = re.compile(r"\bFORMAT\s+(?P<format>\w+)\s*$", re.IGNORECASE)
_CONNECTION = chdb.connect(":memory:")


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _answer(self, body: bytes) -> None:
        given = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        sql = given.get("query")
        if urlsplit(self.path).path == "/ping":
            return self._send(200, b"Ok.\n")
        if sql is None:
            sql, body = body.decode(), b""
        try:
            for name, value in given.items():
                if name in _KNOWN:
                    _CONNECTION.query(f"SET {name} = '{value}'", "CSV")
            self._send(200, _run(sql, body))
        except Exception as error:  # noqa: BLE001 - every failure goes over the wire
            self._send(500, str(error).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status != 200:
            self.send_header("X-ClickHouse-Exception-Code", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


_KNOWN = {
    "join_use_nulls",
    "session_timezone",
    "output_format_arrow_string_as_string",
    "output_format_arrow_low_cardinality_as_dictionary",
}


def _run(sql: str, body: bytes) -> bytes:
    insert = _INSERT.match(sql)
    if insert and body:
        with tempfile.NamedTemporaryFile(suffix=".rows") as file:
            file.write(body)
            file.flush()
            source = f"file('{Path(file.name)}', '{insert['format']}')"
            statement = f"INSERT INTO {insert['table']} SELECT * FROM {source}"
            return _CONNECTION.query(statement, "CSV").bytes()
    wanted = _FORMAT.search(sql)
    if wanted:
        return _CONNECTION.query(sql[: wanted.start()], wanted["format"]).bytes()
    return _CONNECTION.query(sql, "TabSeparated").bytes()


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Door)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
