"""The address of a programme's questionnaire: one for each wave, made when needed."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.db import IntegrityError, transaction

from zhiyin.listen.programs.models import Programme, SurveyLink, Wave
from zhiyin.listen.programs.services.links import ALPHABET, save_link

SLUG_LENGTH = 12
LONGEST_NAME = 120


def link_of_programme(*, programme: Programme, wave: Wave | None) -> SurveyLink:
    """Return the link that invitations of a programme belong to.

    Only invited customers are asked there. A programme that turns to another
    questionnaire gets another link, and old invitations keep theirs.
    """
    slug = _slug(programme, wave)
    found = _found(slug)
    if found is not None:
        return found
    name = f"{programme.name} · {wave.name}" if wave else programme.name
    try:
        with transaction.atomic():
            save_link(
                link=SurveyLink(
                    organisation=programme.organisation,
                    slug=slug,
                    name=name[:LONGEST_NAME],
                    instrument=programme.instrument,
                    stream=programme.stream,
                    touchpoint=programme.touchpoint,
                    wave=wave,
                    channel=programme.channel,
                    is_personal=True,
                ),
            )
    except IntegrityError:
        # Another worker made it at the same moment.
        pass
    return SurveyLink.objects.get(slug=slug)


def _found(slug: str) -> SurveyLink | None:
    rows = SurveyLink.objects.select_related("organisation", "touchpoint", "instrument")
    return rows.filter(slug=slug).first()


def _slug(programme: Programme, wave: Wave | None) -> str:
    """Return an address nobody can guess, the same whenever it is asked for."""
    parts = (programme.pk, wave.pk if wave else 0, programme.instrument_id)
    text = f"zhiyin programme link\x1f{parts}".encode()
    digest = hmac.new(settings.FIELD_KEY.encode(), text, hashlib.sha256).digest()
    return "".join(ALPHABET[each % len(ALPHABET)] for each in digest[:SLUG_LENGTH])
