"""The addresses of responses and of the customer's page."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from tests.zhiyin.listen.programs.addresses import a_link, kiosk, link, widget
from tests.zhiyin.strangers import SECRET, Address, register
from zhiyin.accounts.models import Organisation, Permission
from zhiyin.listen.programs.services import Invitee, create_invitations
from zhiyin.listen.programs.services.codes import make_codes
from zhiyin.listen.responses.queries import make_stamp
from zhiyin.listen.responses.services import GivenResponse, receive_response
from zhiyin.listen.surveys.models import InstrumentVersion


def a_response(home: Organisation) -> dict[str, Any]:
    response, _is_new = receive_response(
        link=link(home),
        given=GivenResponse(score=3, comment=f"{SECRET} comment"),
    )
    return {"pk": response.pk}


def a_slug(home: Organisation) -> dict[str, Any]:
    return {"slug": link(home).slug}


def a_visit(home: Organisation) -> dict[str, Any]:
    made = link(home)
    version = InstrumentVersion.objects.get(instrument=made.instrument)
    return {"slug": made.slug, "key": make_stamp(version.pk)}


def a_personal_link(home: Organisation) -> dict[str, Any]:
    made = link(home)
    # A customer of her own: the policy asks nobody twice in a row.
    key = f"138{secrets.randbelow(10**8):08d}"
    invited = create_invitations(link=made, invitees=[Invitee(key)])
    return {"slug": made.slug, "token": invited.tokens[0][1]}


def anything(_home: Organisation) -> dict[str, Any]:
    return {"rest": "cut/short"}


def a_printed_code(home: Organisation) -> dict[str, Any]:
    made = link(home)
    make_codes(link=made, departments=[None], employees=["1"])
    return {"slug": made.slug, "code": made.codes.get().code}


def a_public_widget(home: Organisation) -> dict[str, Any]:
    return {"public_id": widget(home).public_id}


def a_public_kiosk(home: Organisation) -> dict[str, Any]:
    made = kiosk(home)
    return {"slug": made.link.slug, "code": made.code}


def a_try(home: Organisation) -> dict[str, Any]:
    made = widget(home)
    return {"pk": made.pk, "public_id": made.public_id, "step": "config"}


SEE = Permission.SEE_RESPONSES
EXCLUDE = Permission.EXCLUDE_RESPONSES


def a_page(
    of: Callable[[Organisation], dict[str, Any]],
) -> Callable[[Organisation], dict[str, Any]]:
    """Return the second page of what `of` leads to."""
    return lambda home: {**of(home), "number": 2}


WHY = "customers answer without an account"

register(
    Address("responses", SEE),
    Address("responses-exclude", EXCLUDE),
    Address("responses-restore", EXCLUDE),
    Address("response", SEE, a_response),
    Address("response-reveal", Permission.REVEAL_PERSONAL_DATA, a_response),
    Address("response-erase", Permission.ERASE_RESPONSES, a_response),
    Address("api-v1:list_responses", SEE),
    Address("api-v1:create_response", (SEE, Permission.IMPORT_RESPONSES)),
    Address("link-preview", Permission.EDIT_SURVEYS, a_link),
    Address("answer", kwargs=a_slug, public=WHY),
    Address("answer-privacy", kwargs=a_slug, public=WHY),
    Address("answer-visit", kwargs=a_visit, public=WHY),
    Address("answer-visit-more", kwargs=a_visit, public=WHY),
    Address("answer-visit-page", kwargs=a_page(a_visit), public=WHY),
    Address("answer-visit-thanks", kwargs=a_visit, public=WHY),
    Address("answer-visit-privacy", kwargs=a_visit, public=WHY),
    Address("answer-personal", kwargs=a_personal_link, public=WHY),
    Address("answer-personal-more", kwargs=a_personal_link, public=WHY),
    Address("answer-personal-page", kwargs=a_page(a_personal_link), public=WHY),
    Address("answer-personal-thanks", kwargs=a_personal_link, public=WHY),
    Address("answer-personal-privacy", kwargs=a_personal_link, public=WHY),
    Address("answer-personal-opt-out", kwargs=a_personal_link, public=WHY),
    Address("answer-code", kwargs=a_printed_code, public=WHY),
    Address("answer-code-privacy", kwargs=a_printed_code, public=WHY),
    Address("kiosk", kwargs=a_public_kiosk, public=WHY),
    Address("kiosk-setup", kwargs=a_public_kiosk, public=WHY),
    Address("kiosk-worker", kwargs=a_public_kiosk, public=WHY),
    Address("kiosk-answers", kwargs=a_public_kiosk, public=WHY),
    Address("widget-script", public="the script of every widget"),
    Address("widget-config", kwargs=a_public_widget, public=WHY),
    Address("widget-open", kwargs=a_public_widget, public=WHY),
    Address("widget-answer", kwargs=a_public_widget, public=WHY),
    Address("widget-try", Permission.EDIT_SURVEYS, a_try),
    Address("answer-nothing", kwargs=anything, public=WHY),
)
