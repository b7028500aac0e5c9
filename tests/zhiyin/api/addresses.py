"""The addresses of the API's objects."""

from __future__ import annotations

import secrets
from typing import Any

from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.listen.customers.services import get_or_create_customer
from zhiyin.listen.programs.models import FrameMember, Programme
from zhiyin.listen.programs.services import create_link
from zhiyin.listen.programs.services.inviting import Wish, request_invitation
from zhiyin.listen.responses.models import Response
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.models import Instrument
from zhiyin.listen.surveys.services import create_standard_instrument


def instrument(home: Organisation) -> Instrument:
    found = Instrument.objects.of(home).filter(code="nps-relationship").first()
    return found or create_standard_instrument(organisation=home)


def member(home: Organisation) -> FrameMember:
    programme, _made = Programme.objects.get_or_create(
        organisation=home,
        code="walk",
        defaults={
            "name": f"{SECRET} programme",
            "stream": "relationship",
            "trigger": "event",
        },
    )
    customer = get_or_create_customer(organisation=home, key=SECRET)
    wish = Wish(customer=customer, key=f"{SECRET}{secrets.token_hex(4)}")
    return request_invitation(programme=programme, wish=wish)[0]


def response(home: Organisation) -> Response:
    link = create_link(organisation=home, instrument=instrument(home), name=SECRET)
    given = GivenResponse(score=9, comment=SECRET)
    return receive_response(link=link, given=given)[0]


def an_invitation(home: Organisation) -> dict[str, Any]:
    return {"invitation_id": member(home).pk}


def a_response(home: Organisation) -> dict[str, Any]:
    return {"response_id": response(home).pk}


def a_survey(home: Organisation) -> dict[str, Any]:
    instrument(home)
    # A code of the walker's own organisation would be no stranger's.
    made = Instrument.objects.create(
        organisation=home, code=f"s-{secrets.token_hex(4)}", name=SECRET
    )
    version = made.versions.create(number=1, languages=["en"])
    version.items.create(code="q", position=1, kind="nps", is_primary=True)
    return {"code": made.code}


def a_customer(home: Organisation) -> dict[str, Any]:
    return {"pk": get_or_create_customer(organisation=home, key=SECRET).pk}


CUSTOMERS = (Permission.SEE_CUSTOMERS, Permission.EDIT_CUSTOMERS)
SCORES, PROGRAMS = Permission.SEE_SCORES, Permission.EDIT_PROGRAMS

register(
    Address("api-v1:list_surveys", SCORES),
    Address("api-v1:get_survey", SCORES, a_survey),
    Address("api-v1:list_touchpoints", SCORES),
    Address("api-v1:list_programmes", SCORES),
    Address("api-v1:list_invitations", PROGRAMS),
    Address("api-v1:create_invitation", PROGRAMS),
    Address("api-v1:get_invitation", PROGRAMS, an_invitation),
    Address("api-v1:withdraw_one", PROGRAMS, an_invitation),
    Address(
        "api-v1:get_response",
        (Permission.SEE_RESPONSES, Permission.IMPORT_RESPONSES),
        a_response,
    ),
    Address(
        "api-v1:change_response",
        (Permission.SEE_RESPONSES, Permission.IMPORT_RESPONSES),
        a_response,
    ),
    Address("api-v1:export_responses", Permission.EXPORT_DATA),
    Address("api-v1:read_customers", CUSTOMERS),
    Address("api-v1:write_customers", CUSTOMERS),
    Address("api-v1:read_customer", Permission.SEE_CUSTOMERS, a_customer),
    Address("api-v1:erase", Permission.SEE_CUSTOMERS, a_customer),
    Address("api-v1:write_events", Permission.IMPORT_RESPONSES),
    Address("api-v1:write_consent", Permission.EDIT_CUSTOMERS),
)
