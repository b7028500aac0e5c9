"""Requests that customers file themselves, proved by a code sent to their address.

The page says the same whether an address is known or not: nobody learns from it who
is a customer. A code goes only where the organisation knows somebody.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.act.privacy.models import (
    IdentityCode,
    RequestKind,
    RequestWay,
    SubjectRequest,
)
from zhiyin.act.privacy.services.requests import (
    NewRequest,
    customer_named,
    identify,
    receive_request,
    settings_of,
)
from zhiyin.channels.models import ChannelAccount, MessageClass
from zhiyin.channels.services import Draft, queue_message
from zhiyin.common import clock
from zhiyin.common.confidential import decrypt, encrypt, keyed_hash, one_spelling
from zhiyin.listen.customers.models import ContactKind
from zhiyin.listen.customers.queries import kind_of_address

VALID = dt.timedelta(minutes=15)
HOUR = dt.timedelta(hours=1)
KEPT = dt.timedelta(days=1)
MOST_TRIES, MOST_PER_ADDRESS, MOST_PER_SENDER, MOST_IN_ALL = 5, 3, 10, 200
# Messages under such keys pass a refusal: they prove who is asking, nothing else.
KEY_PREFIX = "identity:"


class FilingRefusedError(ValueError):
    """The request is not taken; the message says why and what to do."""


def begin_filing(
    *, organisation: Organisation, kind: str, contact: str, words: str, sender: str
) -> IdentityCode:
    """Keep what somebody asks, and send a code to the address they name.

    Raises FilingRefusedError for what is no address and for too many tries.
    """
    if not settings_of(organisation).is_form_open:
        raise FilingRefusedError(_("This form is closed. Please write or call us."))
    address = one_spelling(contact)
    if not kind_of_address(address):
        raise FilingRefusedError(
            _("Give a mobile number or an e-mail address; received “%(text)s”.")
            % {"text": contact[:60]}
        )
    hashed = keyed_hash(organisation.pk, address)
    seen = keyed_hash(organisation.pk, f"sender {sender}")
    _refuse_floods(organisation, hashed, seen)
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic():
        made = IdentityCode.objects.create(
            organisation=organisation,
            kind=RequestKind(kind),
            contact_hash=hashed,
            contact_encrypted=encrypt(address),
            words_encrypted=encrypt(words[:4000]) if words else b"",
            sender=seen,
            created_at=clock.now(),
        )
        made.code_hash = _hash(made, code)
        made.save(update_fields=["code_hash"])
        _send(made, address, code)
    return made


def _refuse_floods(organisation: Organisation, hashed: str, seen: str) -> None:
    recent = IdentityCode.objects.of(organisation).filter(
        created_at__gt=clock.now() - HOUR
    )
    if (
        recent.filter(contact_hash=hashed).count() >= MOST_PER_ADDRESS
        or recent.filter(sender=seen).count() >= MOST_PER_SENDER
        or recent.count() >= MOST_IN_ALL
    ):
        raise FilingRefusedError(
            _("Too many requests within an hour. Please try again later.")
        )


def _hash(row: IdentityCode, code: str) -> str:
    return keyed_hash(row.organisation_id, f"code {row.pk} {code}")


def _send(row: IdentityCode, address: str, code: str) -> None:
    """Send the code where somebody is known; to anybody else nothing is sent."""
    account = _account(row, address)
    if account is None or customer_named(row.organisation_id, address) is None:
        return
    brand = row.organisation.brand
    text = _("%(code)s is the code for your request about your data at %(brand)s.") % {
        "code": code,
        "brand": brand,
    }
    queue_message(
        account=account,
        draft=Draft(
            key=f"{KEY_PREFIX}{row.pk}",
            to=address,
            subject=_("Your code"),
            body=text,
            message_class=MessageClass.SERVICE,
            expires_at=clock.now() + VALID,
        ),
    )
    record(action="code.sent", organisation=row.organisation_id, code=row.pk)


def _account(row: IdentityCode, address: str) -> ChannelAccount | None:
    setting = settings_of(row.organisation_id)
    is_mail = kind_of_address(address) == ContactKind.EMAIL
    return setting.email_account if is_mail else setting.sms_account


@transaction.atomic
def finish_filing(*, row: IdentityCode, code: str) -> SubjectRequest:
    """Take the request of whoever knows the code; the identity counts as checked.

    Raises FilingRefusedError for a wrong or old code, and after five tries.
    """
    kept = IdentityCode.objects.select_for_update().get(pk=row.pk)
    is_over = kept.created_at < clock.now() - VALID
    if kept.used_at is not None or is_over or kept.tries >= MOST_TRIES:
        raise FilingRefusedError(_("This code is not valid any more. Begin again."))
    address = decrypt(kept.contact_encrypted)
    customer = customer_named(kept.organisation_id, address)
    is_right = hmac.compare_digest(kept.code_hash, _hash(kept, code.strip()))
    if customer is None or not is_right:
        raise FilingRefusedError(_("This is not the code that was sent."))
    kept.used_at = clock.now()
    kept.save(update_fields=["used_at"])
    made = receive_request(
        organisation=kept.organisation,
        given=NewRequest(
            kind=kept.kind,
            way=RequestWay.FORM,
            contact=address,
            words=decrypt(kept.words_encrypted) if kept.words_encrypted else "",
        ),
    )
    identify(request=made, how=_("code sent to the address on file"), by=None)
    return made


def count_try(*, row: IdentityCode) -> None:
    """Count a wrong code, outside the transaction that refused it."""
    kept = IdentityCode.objects.get(pk=row.pk)
    IdentityCode.objects.filter(pk=row.pk).update(tries=kept.tries + 1)


def forget_codes() -> bool:
    """Delete what was filed more than a day ago, used or not."""
    IdentityCode.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return False
