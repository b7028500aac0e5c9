"""Parts of the customer's page that other apps add.

An app registers a panel in its `AppConfig.ready()`; this app knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from zhiyin.accounts.models import Person
from zhiyin.listen.customers.models import Customer


@dataclass(frozen=True)
class Panel:
    """One card: the template that shows it, and what that template is given."""

    template: str
    shown: Any = field(default=None)


Show = Callable[[Customer, Person], Panel | None]
_panels: dict[str, Show] = {}


def register_panel(name: str, show: Show) -> None:
    """Add a card; `show` returns None where it has nothing for this person."""
    _panels[name] = show


def panels(customer: Customer, person: Person) -> list[Panel]:
    """Return the cards of a customer's page, in the order of their names."""
    shown = (_panels[name](customer, person) for name in sorted(_panels))
    return [each for each in shown if each is not None]
