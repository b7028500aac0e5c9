"""Signed stamps: which page was shown, of which wording, and when."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

from zhiyin.common import clock

SALT = "zhiyin.answer-page"
# None of the letters of the signature or of the random id.
SEPARATOR = "~"
VISIT_BYTES = 16
# A form may lie open for a day; what was sent may be changed for two hours.
SENT_WITHIN_HOURS = 24
EDITED_WITHIN_HOURS = 2


@dataclass(frozen=True)
class Stamp:
    """What a stamp says, and how old it is."""

    visit_id: str
    version_pk: int
    age_seconds: float


def make_stamp(version_pk: int) -> str:
    """Return a fresh stamp for a form that shows this version."""
    moment = int(clock.now().timestamp() * 1000)
    value = f"{secrets.token_urlsafe(VISIT_BYTES)}.{version_pk}.{moment}"
    return Signer(sep=SEPARATOR, salt=SALT).sign(value)


def read_stamp(text: str) -> Stamp | None:
    """Return what a stamp says, or None for one that this site did not make."""
    try:
        value = Signer(sep=SEPARATOR, salt=SALT).unsign(text)
    except BadSignature:
        return None
    visit_id, version_pk, moment = value.split(".")
    age = clock.now().timestamp() - int(moment) / 1000
    return Stamp(visit_id, int(version_pk), age)
