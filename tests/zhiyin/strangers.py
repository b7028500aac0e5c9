"""Every address of the site, and who may come in: the list the stranger test walks.

Each app says in a file `addresses.py` in its own tests folder what its addresses are:

    register(
        Address("surveys", Permission.EDIT_SURVEYS),
        Address("survey", Permission.EDIT_SURVEYS, lambda home: {"pk": made(home).pk}),
        Address("answer", public="customers answer without an account", kwargs=...),
    )

`kwargs` makes the object behind the address in the organisation given. Objects that
carry a name must carry `SECRET` in it, so that the test sees when it leaks into a
page of another organisation.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from zhiyin.accounts.models import Organisation, Permission

SECRET = "机密7f3a"
FOLDER = Path(__file__).parent

KwargsOf = Callable[[Organisation], dict[str, Any]]


@dataclass(frozen=True)
class Address:
    """One address, by its name, and its door.

    `permission` is what a role needs; of several, any one is enough; None lets
    everybody in who is logged in. `besides` is needed as well, if it is given.
    `public` says why an address needs no login.
    `is_own` marks words in the address that name no object of anybody, such as the
    kind of a file: each organisation finds its own data there.
    """

    name: str
    permission: Permission | tuple[Permission, ...] | None = None
    kwargs: KwargsOf | None = None
    public: str = ""
    is_own: bool = False
    besides: Permission | None = None

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Return the permissions of which one is needed."""
        if self.permission is None:
            return ()
        if isinstance(self.permission, tuple):
            return self.permission
        return (self.permission,)

    def path(self, home: Organisation) -> str:
        """Return the path, with the object behind it made in an organisation."""
        return reverse(self.name, kwargs=self.kwargs(home) if self.kwargs else None)


_known: dict[str, Address] = {}


def register(*addresses: Address) -> None:
    """Add addresses to the walk."""
    for address in addresses:
        _known[address.name] = address


def registered() -> dict[str, Address]:
    """Return all addresses, by name, after reading every `addresses.py`."""
    for path in sorted(FOLDER.rglob("addresses.py")):
        parts = path.relative_to(FOLDER.parent.parent).with_suffix("").parts
        importlib.import_module(".".join(parts))
    return dict(_known)


def names_in_use() -> list[str]:
    """Return the name of every address the site answers at."""
    return sorted(name for name, _route in _routes(get_resolver().url_patterns))


def same_route(name: str) -> list[Address]:
    """Return all addresses at one address's route: an API has one per method."""
    routes = list(_routes(get_resolver().url_patterns))
    own = {route for each, route in routes if each == name}
    return [registered()[each] for each, route in routes if route in own]


def unregistered() -> list[str]:
    """Return the addresses the walk would miss."""
    known = registered()
    return [name for name in names_in_use() if name not in known]


def _routes(
    patterns: list[Any], namespace: str = "", before: str = ""
) -> Iterator[tuple[str, str]]:
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _routes(each.url_patterns, inner, route)
        elif isinstance(each, URLPattern):
            name = each.name or f"(unnamed) {each.pattern}"
            yield f"{namespace}{name}", route
