"""Our rows in the words of Delighted's first API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhiyin.common.confidential import KeyLostError, keyed_hash
from zhiyin.common.masking import mask_words
from zhiyin.listen.customers.models import ContactKind, ContactPoint, Customer
from zhiyin.listen.customers.services import (
    decrypt_key,
    hash_key,
    normalise_address,
    normalise_key,
)
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.responses.queries.payloads import shown_attributes

EMAIL, PHONE = "email", "phone_number"
KINDS = {EMAIL: ContactKind.EMAIL, PHONE: ContactKind.PHONE}
# What `metrics.json` calls groups, in the words of our channels.
GROUPS = {
    "email": ["email"],
    "kiosk": ["kiosk"],
    "link": ["link", "qr"],
    "sms": ["sms"],
    "web": ["widget", "app"],
}


def seconds(moment: dt.datetime | None) -> int | None:
    """Return a moment as Delighted writes it."""
    return int(moment.timestamp()) if moment else None


def find_customer(organisation_id: int, kind: str, address: str) -> Customer | None:
    """Return the customer with this address, or whose key it is.

    Raises ValueError, in words, where it is no address of its kind.
    """
    text = normalise_address(KINDS[kind], address)
    code = keyed_hash(organisation_id, text)
    points = ContactPoint.objects.of(organisation_id).filter(
        kind=KINDS[kind],
        address_hash=code,
    )
    point = points.select_related("customer").order_by("pk").first()
    if point is not None:
        return point.customer
    key = hash_key(organisation_id, normalise_key(address))
    return Customer.objects.of(organisation_id).filter(key_hash=key).first()


def addresses(customer: Customer, *, reveals: bool) -> dict[str, str | None]:
    """Return e-mail address and telephone number, masked unless revealed."""
    found: dict[str, str | None] = {EMAIL: None, PHONE: None}
    for point in customer.contact_points.all():
        for name, kind in KINDS.items():
            if point.kind == kind and found[name] is None:
                found[name] = point.address if reveals else point.address_masked
    if not any(found.values()) and customer.key_encrypted:
        key = _key(customer) if reveals else customer.key_masked
        found[EMAIL if "@" in key else PHONE] = key
    return found


def _key(customer: Customer) -> str:
    try:
        return decrypt_key(customer.key_encrypted)
    except KeyLostError:
        return customer.key_masked


def person_out(customer: Customer, *, reveals: bool) -> dict[str, Any]:
    """Return a person."""
    return {
        "id": str(customer.pk),
        "name": None,
        **addresses(customer, reveals=reveals),
        "created_at": seconds(customer.created_at),
    }


def main_answer(response: Response) -> Answer | None:
    """Return the answer to the main question; `answers` are expected to be loaded."""
    return next((each for each in response.answers.all() if each.is_primary), None)


def response_out(
    response: Response,
    *,
    expand_person: bool = False,
    reveals: bool = False,
) -> dict[str, Any]:
    """Return a survey response; the person as a number, or in full."""
    main = main_answer(response)
    customer = response.customer
    person: Any = str(customer.pk) if customer else None
    if expand_person and customer:
        person = person_out(customer, reveals=reveals)
    score = main.score if main else None
    return {
        "id": str(response.pk),
        "person": person,
        "survey_type": main.kind if main else None,
        "score": int(score) if score is not None else None,
        "comment": _said(response.comment, reveals=reveals) or None,
        "permalink": None,
        "created_at": seconds(response.responded_at),
        "updated_at": seconds(response.updated_at or response.received_at),
        "person_properties": (
            response.attributes if reveals else shown_attributes(response)
        )
        or None,
        "notes": [],
        "tags": [],
        "additional_answers": [
            {
                "id": each.item,
                "value": _value(each, reveals=reveals),
                "question": _question(each),
            }
            for each in response.answers.all()
            if not each.is_primary and each.kind != "text"
        ],
    }


def _question(answer: Answer) -> dict[str, str]:
    return {"id": answer.item, "type": answer.kind, "text": answer.item}


def _said(text: str, *, reveals: bool) -> str:
    return text if reveals else mask_words(text)


def _value(answer: Answer, *, reveals: bool) -> dict[str, Any]:
    if answer.score is not None:
        return {"scale": int(answer.score)}
    if answer.choices:
        return {"select_many": [{"id": each, "text": each} for each in answer.choices]}
    if answer.number is not None:
        return {"free_response": f"{answer.number:g}"}
    said = str(answer.date or "") or _said(answer.text, reveals=reveals)
    return {"free_response": said}
