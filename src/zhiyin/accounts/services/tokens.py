"""Keys to the API: made once, kept as a hash, revoked for good."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from zhiyin.accounts.models import EVERYTHING, ApiToken, Person, Scope
from zhiyin.accounts.services.audit import record
from zhiyin.common import clock

MOST_TOKENS_PER_PERSON = 20
WINDOW = dt.timedelta(minutes=1)


class TooManyCallsError(RuntimeError):
    """The key's calls of this minute are used up; how many seconds until the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            _("Too many calls with this token; try again in %(seconds)s seconds.")
            % {"seconds": seconds},
        )
        self.seconds = seconds


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
def create_api_token(
    *,
    person: Person,
    name: str,
    scopes: Sequence[str] = (EVERYTHING,),
) -> NewToken:
    """Make a key with the person's own permissions, or with some of them."""
    if person.api_tokens.filter(revoked_at=None).count() >= MOST_TOKENS_PER_PERSON:
        raise ValidationError(
            _("You have %(most)s tokens; revoke one that is no longer used.")
            % {"most": MOST_TOKENS_PER_PERSON},
        )
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown or not scopes:
        raise ValidationError(_("Choose what the token may be used for."))
    secret = f"zy_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        organisation_id=person.organisation_id,
        person=person,
        name=name.strip(),
        token_hash=hash_secret(secret),
        hint=secret[-4:],
        scopes=[EVERYTHING] if EVERYTHING in scopes else sorted(scopes),
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


def token_of(*, secret: str) -> ApiToken | None:
    """Return the key with this secret, with its person, as long as both are good."""
    wanted = hash_secret(secret)
    token = (
        ApiToken.objects.filter(token_hash=wanted, revoked_at=None)
        .select_related("person__organisation")
        .first()
    )
    if token is None or not hmac.compare_digest(token.token_hash, wanted):
        return None
    return token if token.person.is_active else None


def person_of_token(*, secret: str, scope: str = "") -> Person | None:
    """Return whose key this is, and count the call.

    Raises PermissionDenied for a key that does not reach the scope, and
    TooManyCallsError.
    """
    token = token_of(secret=secret)
    if token is None:
        return None
    if scope and not token.reaches(scope):
        raise PermissionDenied(
            _("This token may not be used for that; it lacks “%(scope)s”.")
            % {"scope": scope},
        )
    _count_call(token)
    return token.person


def _count_call(token: ApiToken) -> None:
    """Count a call and note that the key is in use.

    The number is read with the key and added to in one statement: calls at the very
    same moment may go a little over, and none is lost.
    """
    now = clock.now()
    window = now.replace(second=0, microsecond=0)
    row = ApiToken.objects.filter(pk=token.pk)
    if token.counted_from != window:
        row.update(counted_from=window, calls=1, last_used_at=now)
        return
    if token.calls >= settings.API_CALLS_PER_MINUTE:
        left = window + WINDOW - now
        raise TooManyCallsError(max(1, int(left.total_seconds()) + 1))
    row.update(calls=models.F("calls") + 1)
