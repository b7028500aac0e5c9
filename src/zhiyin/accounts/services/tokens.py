"""Keys to the API: made once, kept as a hash, revoked for good."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import ApiToken, Person
from zhiyin.accounts.services.audit import record
from zhiyin.common import clock

MOST_TOKENS_PER_PERSON = 20
# Often enough for "is it still in use?", seldom enough to cost no write per call.
_LAST_USED_PRECISION = dt.timedelta(minutes=1)


class NewToken(NamedTuple):
    """A token and its secret, which is never seen again."""

    token: ApiToken
    secret: str


def hash_secret(secret: str) -> str:
    """Return what is stored of a secret.

    A plain SHA-256 is enough: the secret has 256 random bits, which no dictionary
    holds and no salt makes harder to guess.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_api_token(*, person: Person, name: str) -> NewToken:
    """Make a key with the person's own permissions."""
    if person.api_tokens.filter(revoked_at=None).count() >= MOST_TOKENS_PER_PERSON:
        raise ValidationError(
            _("You have %(most)s tokens; revoke one that is no longer used.")
            % {"most": MOST_TOKENS_PER_PERSON},
        )
    secret = f"zy_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        organisation_id=person.organisation_id,
        person=person,
        name=name.strip(),
        token_hash=hash_secret(secret),
        hint=secret[-4:],
        created_at=clock.now(),
    )
    record(action="token.created", target=token)
    return NewToken(token, secret)


@transaction.atomic
def revoke_api_token(*, token: ApiToken) -> None:
    """Stop a key for good; a second time changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        record(action="token.revoked", target=token)


def person_of_token(*, secret: str) -> Person | None:
    """Return whose key this is, and note that it was used."""
    wanted = hash_secret(secret)
    token = (
        ApiToken.objects.filter(token_hash=wanted, revoked_at=None)
        .select_related("person__organisation")
        .first()
    )
    if token is None or not hmac.compare_digest(token.token_hash, wanted):
        return None
    if not token.person.is_active:
        return None
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > _LAST_USED_PRECISION:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.person
