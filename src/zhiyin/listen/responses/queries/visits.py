"""A visit to the answer page: whose, in which language, of which wording.

A public visit is known by a random id inside a signed stamp. The stamp is in the
form, and after the first click in the address; no cookie is needed. A personal
visit is known by the token of its link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from zhiyin.listen.programs.models import Invitation, SurveyLink
from zhiyin.listen.programs.queries import (
    invitation_of_token,
    link_of_slug,
    wording_slots,
)
from zhiyin.listen.responses.models import Answer, Response
from zhiyin.listen.responses.queries.stamps import EDITED_WITHIN_HOURS, read_stamp
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.queries import (
    ItemSnapshot,
    VersionSnapshot,
    fill,
    published_version,
    snapshot,
)

PAGE_SOURCE = "page"


class VisitRefusedError(Exception):
    """Nothing is asked here: `not_found`, `closed`, `expired` or `opted_out`."""

    def __init__(
        self,
        kind: str,
        link: SurveyLink | None = None,
        language: str = "",
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.link = link
        self.language = language


@dataclass(frozen=True)
class Visit:
    """What one page of the answer flow knows."""

    link: SurveyLink
    version: VersionSnapshot
    language: str
    base: str
    invitation: Invitation | None = None
    response: Response | None = None
    visit_id: str = ""

    @property
    def brand(self) -> str:
        """Return the name the customer knows."""
        return self.version.brand or self.link.organisation.brand

    @property
    def slots(self) -> dict[str, str]:
        """Return what fills the wordings for this reader."""
        return wording_slots(
            self.link,
            self.language,
            brand=self.version.brand,
            invitation=self.invitation,
        )

    def text_of(self, item: ItemSnapshot) -> str:
        """Return an item's question as this reader reads it."""
        return fill(str(item.wording(self.language).get("text", "")), self.slots)

    def page_text(self, name: str) -> str:
        """Return a text of the page with its slots filled."""
        return fill(self.version.page_text(name, self.language), self.slots)


def visit_key(link: SurveyLink, visit_id: str) -> str:
    """Return the key by which a public visit's answer is found again."""
    digest = hashlib.sha256(f"{link.pk}:{visit_id}".encode()).hexdigest()
    return f"{PAGE_SOURCE}:{digest}"


def _accepted(accept: str) -> Iterator[str]:
    for code, _quality in parse_accept_lang_header(accept):
        try:
            yield get_supported_language_variant(code)
        except LookupError:
            continue


def _language(
    offered: Sequence[str],
    wanted: str,
    invitation: Invitation | None,
    accept: str,
) -> str:
    """Return the reader's language: chosen, invited in, her browser's, the first."""
    invited = invitation.language if invitation else ""
    for code in (wanted, invited, *_accepted(accept)):
        if code in offered:
            return code
    return offered[0] if offered else settings.LANGUAGE_CODE


def _answered_version(response: Response) -> VersionSnapshot:
    """Return the wording a response was given to, published since or not."""
    return snapshot(
        InstrumentVersion.objects.prefetch_related("items").get(
            pk=response.instrument_version_id,
        ),
    )


def _personal(link: SurveyLink, token: str) -> tuple[Invitation, Response | None]:
    invitation = invitation_of_token(link, token)
    if invitation is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    found = Response.objects.filter(invitation=invitation).first()
    return invitation, found


def _public(link: SurveyLink, key: str) -> tuple[str, Response | None]:
    stamp = read_stamp(key)
    if stamp is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    if stamp.age_seconds > EDITED_WITHIN_HOURS * 3600:
        kind = "expired"
        raise VisitRefusedError(kind, link)
    found = Response.objects.filter(
        organisation_id=link.organisation_id,
        source_key=visit_key(link, stamp.visit_id),
    ).first()
    if found is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    return stamp.visit_id, found


def _refuse(
    link: SurveyLink,
    invitation: Invitation | None,
    response: Response | None,
) -> None:
    """Raise VisitRefusedError where nothing is asked; who has begun may finish."""
    if invitation is not None and invitation.withdrawn_at is not None:
        kind = "opted_out"
        raise VisitRefusedError(kind, link, invitation.language)
    if invitation is not None and invitation.has_expired():
        kind = "expired"
        raise VisitRefusedError(kind, link, invitation.language)
    if response is None and not link.takes_answers():
        kind = "closed"
        raise VisitRefusedError(kind, link)


def open_visit(
    slug: str,
    *,
    token: str = "",
    key: str = "",
    language: str = "",
    accept: str = "",
) -> Visit:
    """Return the visit at an address; raises VisitRefusedError where none is."""
    link = link_of_slug(slug)
    if link is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    invitation, response, visit_id = None, None, ""
    base = reverse("answer", args=[slug])
    if token:
        invitation, response = _personal(link, token)
        base = reverse("answer-personal", args=[slug, token])
    elif key:
        visit_id, response = _public(link, key)
        base = reverse("answer-visit", args=[slug, key])
    _refuse(link, invitation, response)
    version = (
        _answered_version(response) if response else published_version(link.instrument)
    )
    if version is None:
        kind = "closed"
        raise VisitRefusedError(kind, link)
    return Visit(
        link=link,
        version=version,
        language=_language(version.languages, language, invitation, accept),
        base=base,
        invitation=invitation,
        response=response,
        visit_id=visit_id,
    )


def preview_visit(
    link: SurveyLink,
    version: VersionSnapshot,
    language: str,
) -> Visit:
    """Return a visit that shows the page to staff and saves nothing."""
    return Visit(
        link=link,
        version=version,
        language=_language(version.languages, language, None, ""),
        base="",
    )


def given_answers(response: Response | None) -> dict[str, Answer]:
    """Return what was answered so far, by item."""
    if response is None:
        return {}
    return {answer.item: answer for answer in response.answers.all()}


def followup_items(
    visit: Visit,
    given: dict[str, Answer],
    score: float,
) -> list[dict[str, Any]]:
    """Return what is asked after a score, with wordings and what was given."""
    rows = []
    for item in visit.version.followups(score):
        answer = given.get(item.code)
        wording = item.wording(visit.language)
        rows.append(
            {
                "code": item.code,
                "kind": item.kind,
                "text": visit.text_of(item),
                "options": wording.get("options") or [],
                "points": list(item.points),
                "low": wording.get("low", ""),
                "high": wording.get("high", ""),
                "given_text": answer.text if answer else "",
                "given_choice": (answer.choices or [""])[0] if answer else "",
                "given_score": answer.score if answer else None,
            },
        )
    return rows
