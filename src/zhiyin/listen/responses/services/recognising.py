"""Who a visitor of another site is: proved by that site's server, or only said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhiyin.listen.customers.services import (
    ErasedCustomerError,
    get_or_create_customer,
    sift,
)
from zhiyin.listen.programs.models import Channel, Widget
from zhiyin.listen.programs.queries.widgets import clean_attributes, is_signed
from zhiyin.listen.programs.services.widgets import field_codes
from zhiyin.listen.responses.queries.arrivals import Arrival

SAID = "said: "


class ForgedError(ValueError):
    """The signature does not belong to the customer it came with."""


@dataclass(frozen=True)
class Visitor:
    """What a page tells about its visitor; `said` is never signed."""

    key: str
    attributes: Mapping[str, str]
    signature: str
    said: Mapping[str, str]


def read_visitor(given: Any) -> Visitor:
    """Return what a page tells; raises ValueError for what it cannot be."""
    told = given if isinstance(given, Mapping) else {}
    return Visitor(
        key=str(told.get("id") or "").strip(),
        attributes=clean_attributes(told.get("attributes") or {}),
        signature=str(told.get("signature") or ""),
        said=clean_attributes(told.get("said") or {}),
    )


def _known_id(widget: Widget, key: str) -> int | None:
    """Return the customer's number; who was erased is nobody here."""
    try:
        return get_or_create_customer(organisation=widget.organisation, key=key).pk
    except ErasedCustomerError:
        return None


def recognise(*, widget: Widget, visitor: Visitor) -> Arrival:
    """Return what is recorded about a visitor.

    A signed customer is that customer, with the attributes signed. Without a
    signature nobody is named, and what the page says is kept as said, if the widget
    asks for it. Raises ForgedError for a signature that does not fit.
    """
    if widget.link.instrument.is_anonymous:
        return Arrival(channel=Channel.WIDGET)
    is_known = bool(visitor.key and visitor.signature)
    if visitor.signature and not is_signed(
        widget, visitor.key, visitor.attributes, visitor.signature
    ):
        message = "the signature does not belong to this customer and attributes"
        raise ForgedError(message)
    said = dict(visitor.said) if is_known else {**visitor.attributes, **visitor.said}
    told = {f"{SAID}{name}": said[name] for name in widget.said if name in said}
    known = {**visitor.attributes, **told} if is_known else told
    known, _left_out = sift(widget.organisation_id, known)
    codes = field_codes(widget=widget, labels=known) if known else []
    customer_id = None
    if is_known:
        customer_id = _known_id(widget, visitor.key)
    return Arrival(
        channel=Channel.WIDGET,
        customer_id=customer_id,
        attributes=dict(zip(codes, known.values(), strict=True)),
    )
