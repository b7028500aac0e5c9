"""People as Delighted knew them: customers, and the wish to ask them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.common import clock
from zhiyin.compat.queries.delighted import EMAIL, KINDS, PHONE, find_customer
from zhiyin.listen.contacts.models import ContactDecision, Verdict
from zhiyin.listen.contacts.queries import policy_in_force
from zhiyin.listen.customers.models import Customer
from zhiyin.listen.customers.services import (
    get_or_create_customer,
    save_contact_point,
)
from zhiyin.listen.programs.models import (
    FrameMember,
    Programme,
    Stream,
    Trigger,
)
from zhiyin.listen.programs.services.inviting import (
    OPEN_STATES,
    Wish,
    request_invitation,
    withdraw_request,
)
from zhiyin.listen.programs.services.programmes import save_programme
from zhiyin.listen.surveys.models import Instrument

# One programme per way, because a programme sends by one way.
PROGRAMMES = {"email": "delighted", "sms": "delighted-sms"}
QUESTIONNAIRE = "nps-relationship"
EXPIRES_HOURS = 14 * 24
# What Delighted's special property means in our wordings.
NAMED = {"question_product_name": "product"}
LANGUAGES = {"en": "en", "zh-CN": "zh-hans", "zh-TW": "zh-hant", "zh": "zh-hans"}


@dataclass(frozen=True)
class GivenPerson:
    """A person as another program describes them."""

    email: str = ""
    phone_number: str = ""
    channel: str = ""
    delay_seconds: int = 0
    is_asked: bool = True
    last_sent_at: dt.datetime | None = None
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def way(self) -> str:
        """Return the channel that was asked for, or that the address implies."""
        return self.channel or ("email" if self.email else "sms")


def programme_of_way(organisation: Organisation, way: str) -> Programme:
    """Return the programme that asks what Delighted asked; made when first needed.

    It is made switched off: people choose sender and wording, and let it go live.
    """
    code = PROGRAMMES[way]
    found = Programme.objects.of(organisation).filter(code=code).first()
    if found is not None:
        return found
    return save_programme(
        programme=Programme(
            organisation=organisation,
            code=code,
            name="Delighted" if way == "email" else "Delighted SMS",
            stream=Stream.RELATIONSHIP,
            trigger=Trigger.EVENT,
            event_kind="delighted.person",
            expires_hours=EXPIRES_HOURS,
            channel=way,
            instrument=Instrument.objects.of(organisation)
            .filter(code=QUESTIONNAIRE, is_archived=False)
            .first(),
        ),
    )


@transaction.atomic
def create_person(
    *,
    organisation: Organisation,
    given: GivenPerson,
) -> tuple[Customer, FrameMember | None]:
    """Keep a person, and the wish to ask them; a wish not yet met is moved.

    Raises ValueError, in words, for what cannot be kept.
    """
    if given.way not in PROGRAMMES:
        raise ValueError(_("The channel is email or sms."))
    customer = _customer(organisation, given)
    programme = programme_of_way(organisation, given.way)
    if given.last_sent_at:
        _carry_over(programme, customer, given.last_sent_at)
    if not given.is_asked:
        return customer, None
    due = clock.now() + dt.timedelta(seconds=given.delay_seconds)
    waiting = FrameMember.objects.filter(
        programme=programme,
        customer=customer,
        state__in=OPEN_STATES,
    ).first()
    if waiting is not None:
        waiting.due_at = due
        waiting.expires_at = due + dt.timedelta(hours=programme.expires_hours)
        waiting.save(update_fields=["due_at", "expires_at"])
        return customer, waiting
    member, _is_new = request_invitation(
        programme=programme,
        wish=Wish(
            customer=customer,
            key=f"delighted:{uuid.uuid4().hex}",
            due_at=due,
            attributes={
                NAMED.get(name, name): text for name, text in given.properties.items()
            },
        ),
    )
    return customer, member


def _customer(organisation: Organisation, given: GivenPerson) -> Customer:
    told = {EMAIL: given.email, PHONE: given.phone_number}
    addresses = {kind: text for kind, text in told.items() if text}
    if not addresses:
        raise ValueError(_("Give an e-mail address or a telephone number."))
    known = (
        find_customer(organisation.pk, kind, text) for kind, text in addresses.items()
    )
    found = next((each for each in known if each), None)
    customer = found or get_or_create_customer(
        organisation=organisation,
        key=next(iter(addresses.values())),
    )
    for kind, text in addresses.items():
        save_contact_point(customer=customer, kind=KINDS[kind], address=text)
    language = LANGUAGES.get(given.properties.get("locale", ""), "")
    if language and customer.language != language:
        customer.language = language
        customer.save(update_fields=["language"])
    return customer


def _carry_over(programme: Programme, customer: Customer, at: dt.datetime) -> None:
    """Let the contact policy know when another program asked last."""
    ContactDecision.objects.get_or_create(
        organisation_id=customer.organisation_id,
        customer=customer,
        programme=programme.code,
        decided_at=at,
        defaults={
            "stream": programme.stream,
            "channel": programme.channel,
            "verdict": Verdict.ALLOWED,
            "policy_version": policy_in_force(programme.organisation).version,
        },
    )


def forget_pending(*, customer: Customer) -> int:
    """Withdraw what Delighted's clients wished for a person; return how many."""
    pending = FrameMember.objects.filter(
        programme__code__in=PROGRAMMES.values(),
        customer=customer,
        state__in=OPEN_STATES,
    )
    members = list(pending)
    for member in members:
        withdraw_request(member=member)
    return len(members)
