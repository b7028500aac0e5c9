"""Public links: their address, and whether they take answers."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from zhiyin.accounts.models import Organisation
from zhiyin.accounts.services import record
from zhiyin.listen.programs.models import Stream, SurveyLink
from zhiyin.listen.surveys.models import Instrument

# Neither 0 and o nor 1, l and i: an address is also read aloud and typed.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SLUG_LENGTH = 8


def _free_slug() -> str:
    while True:
        slug = "".join(secrets.choice(ALPHABET) for _ in range(SLUG_LENGTH))
        if not SurveyLink.objects.filter(slug=slug).exists():
            return slug


@transaction.atomic
def save_link(*, link: SurveyLink) -> SurveyLink:
    """Add a link under a new public address, or change one; its address stays."""
    is_new = link.pk is None
    if is_new and not link.slug:
        link.slug = _free_slug()
    link.save()
    record(action="link.created" if is_new else "link.edited", target=link)
    return link


def create_link(
    *,
    organisation: Organisation,
    instrument: Instrument,
    name: str,
    stream: str = Stream.RELATIONSHIP,
    **settings: Any,
) -> SurveyLink:
    """Make a public link; `settings` are further fields such as touchpoint."""
    link = SurveyLink(
        organisation=organisation,
        instrument=instrument,
        name=name,
        stream=stream,
        **settings,
    )
    return save_link(link=link)


@transaction.atomic
def set_link_open(*, link: SurveyLink, is_open: bool) -> None:
    """Take answers from now on, or refuse them with a page that says so."""
    link.is_open = is_open
    link.save(update_fields=["is_open"])
    record(action="link.opened" if is_open else "link.closed", target=link)
