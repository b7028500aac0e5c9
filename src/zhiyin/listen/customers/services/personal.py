"""What every app holds of a customer, and how each lets go of it.

An app that keeps anything about customers registers a place in its
`AppConfig.ready()`; this app knows none of them. Copies for customers and erasures are
made of all places, so that a new one cannot be forgotten in either.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.functional import Promise

from zhiyin.listen.customers.models import ContactPoint, Customer
from zhiyin.listen.customers.queries import customers_at
from zhiyin.listen.customers.services.keys import decrypt_key


class TryAgainError(RuntimeError):
    """Something is at work on the customer's data just now; the erasure waits."""


@dataclass(frozen=True, kw_only=True)
class DataSubject:
    """One customer as every app finds them: by row, by key, by address, by hash.

    `hashes` are those of the key and the addresses that belong to nobody else;
    `words` are the customer's own comments, to be found again in kept copies.
    """

    organisation_id: int
    customer_id: int
    key: str
    addresses: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def traces(self) -> tuple[str, ...]:
        """Return every text by which the customer is known, each once."""
        given = (self.key, *self.addresses)
        return tuple(dict.fromkeys(each for each in given if each))

    def to_json(self) -> str:
        """Return the subject as a text; it is to be kept encrypted only."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> DataSubject:
        """Read what `to_json` wrote."""
        kept = json.loads(text)
        lists = ("addresses", "hashes", "words")
        return cls(**{**kept, **{name: tuple(kept[name]) for name in lists}})


@dataclass(frozen=True)
class Held:
    """One thing that is held: from when it is, what it is, and its fields in words."""

    at: dt.datetime | None
    what: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """How an erasure treats answers: kept without a name, or deleted."""

    keeps_scores: bool = True


Collect = Callable[[DataSubject], Iterable[Held]]
Erase = Callable[[DataSubject, Wish], int]
IsGone = Callable[[int, int], bool]


@dataclass(frozen=True)
class Place:
    """One place that holds personal data.

    `erase` returns how many things it took away and may be called again; it raises
    TryAgainError while it cannot. `stays` says in words what is left of it, and
    `is_gone(organisation, customer)` whether what follows in files is done too.
    """

    name: str
    label: str | Promise
    collect: Collect
    erase: Erase
    stays: str | Promise = ""
    is_gone: IsGone | None = None


_places: dict[str, Place] = {}


def register_personal_data(
    name: str,
    *,
    label: str | Promise,
    collect: Collect,
    erase: Erase,
    stays: str | Promise = "",
    is_gone: IsGone | None = None,
) -> None:
    """Add a place that holds personal data; a name given again replaces it."""
    _places[name] = Place(name, label, collect, erase, stays, is_gone)


def places() -> list[Place]:
    """Return the places, those of the highest stage first.

    In this order they are erased: what hangs on a row goes before the row.
    """
    return list(reversed(_places.values()))


def subject_of(customer: Customer) -> DataSubject:
    """Return a customer as every app can find them; needs the field key."""
    points = list(ContactPoint.objects.filter(customer=customer))
    key = decrypt_key(customer.key_encrypted) if customer.key_encrypted else ""
    hashes = {customer.key_hash, *(point.address_hash for point in points)}
    owners = customers_at(customer.organisation_id, hashes)
    # A family's number belongs to others too: what went there may be theirs.
    own = [each for each in hashes if set(owners.get(each, ())) <= {customer.pk}]
    return DataSubject(
        organisation_id=customer.organisation_id,
        customer_id=customer.pk,
        key=key,
        addresses=tuple(dict.fromkeys(point.address for point in points)),
        hashes=tuple(sorted(own)),
    )


def held_by(subject: DataSubject) -> dict[str, list[Held]]:
    """Return what every place holds of a customer, by the name of the place."""
    return {place.name: list(place.collect(subject)) for place in places()}
