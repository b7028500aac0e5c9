"""The address of an engine, taken apart and shown without its password."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from cxstats.errors import InputError

__all__ = ["Address", "parse_address"]


@dataclass(frozen=True)
class Address:
    """Scheme, host, port, user, password, path and options of an engine URL."""

    url: str = field(repr=False)
    scheme: str
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    path: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """The address as it may be printed."""
        port = "" if self.port is None else f":{self.port}"
        path = self.path.split(";", 1)[0]  # Spark Connect puts its token behind it.
        return f"{self.scheme}://{self.host}{port}{path}"

    def option(self, name: str, default: str = "") -> str:
        """Value of ``?name=value``."""
        return dict(self.options).get(name, default)

    def only(self, *known: str) -> None:
        """Refuse options that this engine does not know.

        Raises
        ------
        InputError
            If there is another one.
        """
        for name, _value in self.options:
            if name not in known:
                listed = ", ".join(known) or "none"
                raise InputError(
                    f"{self.shown} has no option {name!r}; it knows: {listed}"
                )


def parse_address(url: str) -> Address:
    """Take an engine URL apart.

    Raises
    ------
    InputError
        If it is not a URL.
    """
    if url.split("[", maxsplit=1)[0] == "local":
        options = tuple(parse_qsl(url.partition("?")[2], keep_blank_values=True))
        return Address(url, "local", options=options)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError(f"the engine's address cannot be read: {error}") from error
    if not parts.scheme or "://" not in url:
        raise InputError(
            "the engine's address is not a URL; write for example duckdb:// or "
            "postgresql://user@host/database"
        )
    return Address(
        url,
        parts.scheme.lower(),
        parts.hostname or "",
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.path,
        tuple(parse_qsl(parts.query, keep_blank_values=True)),
    )
