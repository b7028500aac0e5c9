"""A visit to the answer page: whose, in which language, of which wording.

A public visit is known by a random id inside a signed stamp. The stamp is in the
form, and after the first click in the address; no cookie is needed. A personal
visit is known by the token of its link. Through a personal link to an anonymous
questionnaire only the first click goes; it goes on as a public visit, because nothing
may tie the answer to the link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from zhiyin.listen.programs.models import Channel, Invitation, SurveyLink
from zhiyin.listen.programs.queries import invitation_of_token, wording_slots
from zhiyin.listen.programs.queries.addresses import Address, address_of
from zhiyin.listen.programs.queries.codes import code_of
from zhiyin.listen.responses.models import Answer, ExclusionReason, Response
from zhiyin.listen.responses.queries.arrivals import Arrival
from zhiyin.listen.responses.queries.kept import (
    response_of_invitation,
    response_of_key,
)
from zhiyin.listen.responses.queries.stamps import EDITED_WITHIN_HOURS, read_stamp
from zhiyin.listen.surveys.models import InstrumentVersion
from zhiyin.listen.surveys.queries import (
    ItemSnapshot,
    VersionSnapshot,
    fill,
    published_version,
)
from zhiyin.listen.surveys.queries.snapshots import version_snapshot

PAGE_SOURCE = "page"


class VisitRefusedError(Exception):
    """Nothing is asked here, for the reason in `kind`.

    It is one of `not_found`, `closed`, `expired`, `opted_out`, `answered` and
    `quota_full`.
    """

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
    read: tuple[Answer, ...] | None = None
    # Pages of this address that are alike for everybody; they go when it changes.
    pages: dict[Any, str] | None = None
    # What is known of a public visit before anything is answered.
    arrival: Arrival | None = None

    @property
    def brand(self) -> str:
        """Return the name the customer knows."""
        return self.version.brand or self.link.organisation.brand

    @property
    def seed(self) -> str:
        """Return what draws this visit's random order, the same on every page."""
        return self.visit_id or (str(self.invitation.pk) if self.invitation else "")

    @cached_property
    def given(self) -> dict[str, Answer]:
        """Return what was answered so far, by item."""
        if self.read is not None:
            return {answer.item: answer for answer in self.read}
        return given_answers(self.response)

    @cached_property
    def recorded(self) -> dict[str, Any]:
        """Return what is recorded about the customer for this answer."""
        source = self.response or self.invitation or self.arrival
        return dict(source.attributes) if source is not None else {}

    @property
    def is_alike(self) -> bool:
        """Tell whether nothing recorded makes the texts differ from other readers'."""
        return self.pages is not None and not self.recorded

    @cached_property
    def known(self) -> dict[str, Any]:
        """Return the facts known before anything is answered."""
        link = self.link
        return {
            **{f"field.{code}": value for code, value in self.recorded.items()},
            "touchpoint": link.touchpoint.code if link.touchpoint else "",
            "language": self.language,
            "channel": self._channel,
            "audience": link.instrument.audience,
        }

    @property
    def _channel(self) -> str:
        source = self.invitation or self.response or self.arrival
        return (source.channel if source else "") or self.link.channel

    @cached_property
    def slots(self) -> dict[str, str]:
        """Return what fills the wordings for this reader, but for answers."""
        standing = wording_slots(
            self.link,
            self.language,
            brand=self.version.brand,
            invitation=self.invitation,
        )
        fields = {f"field.{code}": str(v) for code, v in self.recorded.items()}
        return standing | fields

    def text_of(self, item: ItemSnapshot) -> str:
        """Return an item's question as this reader reads it."""
        return self.filled(str(item.wording(self.language).get("text", "")))

    def filled(self, text: str) -> str:
        """Return a text with its slots filled, those of earlier answers too."""
        if "{answer." not in text:
            return fill(text, self.slots)
        return fill(text, self.slots | self._answer_slots)

    @cached_property
    def _answer_slots(self) -> dict[str, str]:
        slots = {}
        for code, answer in self.given.items():
            item = self.version.item(code)
            slots[f"answer.{code}"] = _said(answer, item, self.language)
        return slots

    def page_text(self, name: str) -> str:
        """Return a text of the page with its slots filled."""
        return self.filled(self.version.page_text(name, self.language))


def _said(answer: Answer, item: ItemSnapshot | None, language: str) -> str:
    """Return an answer in words: labels of choices, a number, a day, or the text."""
    for value in (answer.score, answer.number):
        if value is not None:
            return f"{value:g}"
    if answer.date is not None:
        return str(answer.date)
    if not answer.choices:
        return answer.text
    labels = dict(item.wording(language).get("options") or ()) if item else {}
    said = (
        answer.text if answer.text and code not in labels else labels.get(code, code)
        for code in answer.choices
    )
    return ("、" if language.startswith("zh") else ", ").join(said)


def visit_key(link: SurveyLink, visit_id: str) -> str:
    """Return the key by which a public visit's answer is found again."""
    digest = hashlib.sha256(f"{link.pk}:{visit_id}".encode()).hexdigest()
    return f"{PAGE_SOURCE}:{digest}"


def visit_base(slug: str, *parts: str) -> str:
    """Return the address at which a visit's pages begin."""
    return "/".join((f"{get_script_prefix()}s", slug, *parts, ""))


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
    """Return the reader's language: chosen, invited in, the browser's, the first."""
    invited = invitation.language if invitation else ""
    for code in (wanted, invited):
        if code in offered:
            return code
    for code in _accepted(accept):
        if code in offered:
            return code
    return offered[0] if offered else settings.LANGUAGE_CODE


def _answered_version(response: Response, address: Address) -> VersionSnapshot:
    """Return the wording a response was given to, published since or not."""
    pk = response.instrument_version_id
    if pk == address.version_pk:
        return version_snapshot(pk, address.published_at)
    rows = InstrumentVersion.objects.filter(pk=pk)
    return version_snapshot(pk, rows.values_list("published_at", flat=True).get())


Found = tuple[Response, list[Answer]] | None


def _personal(link: SurveyLink, token: str) -> tuple[Invitation, Found]:
    invitation = invitation_of_token(link, token)
    if invitation is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    if link.instrument.is_anonymous:
        if invitation.answered_at is not None:
            kind = "answered"
            raise VisitRefusedError(kind, link, invitation.language)
        return invitation, None
    found = None
    if invitation.answered_at is not None:
        found = response_of_invitation(invitation.pk)
    return invitation, found


def _public(link: SurveyLink, key: str) -> tuple[str, Found]:
    stamp = read_stamp(key)
    if stamp is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    if stamp.age_seconds > EDITED_WITHIN_HOURS * 3600:
        kind = "expired"
        raise VisitRefusedError(kind, link)
    found = response_of_key(link.organisation_id, visit_key(link, stamp.visit_id))
    if found is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    return stamp.visit_id, found


def _printed(link: SurveyLink, code: str) -> Arrival:
    """Return for whom a printed code counts; it alone says so, not the address."""
    found = code_of(link, code)
    if found is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    return Arrival(
        channel=Channel.QR,
        department_id=found.department_id,
        employee=found.employee,
        code=found.code,
    )


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
    if response is not None and response.excluded == ExclusionReason.QUOTA_FULL:
        kind = "quota_full"
        raise VisitRefusedError(kind, link, response.language)
    is_stranger = link.is_personal and invitation is None and response is None
    if is_stranger or (response is None and not link.takes_answers()):
        kind = "closed"
        raise VisitRefusedError(kind, link)


def open_visit(
    slug: str,
    *,
    token: str = "",
    key: str = "",
    code: str = "",
    language: str = "",
    accept: str = "",
) -> Visit:
    """Return the visit at an address; raises VisitRefusedError where none is."""
    address = address_of(slug)
    if address is None:
        kind = "not_found"
        raise VisitRefusedError(kind)
    link = address.link
    invitation, found, visit_id, arrival = None, None, "", None
    base = visit_base(slug)
    if token:
        invitation, found = _personal(link, token)
        base = visit_base(slug, token)
    elif key:
        visit_id, found = _public(link, key)
        base = visit_base(slug, "a", key)
    elif code:
        arrival = _printed(link, code)
        base = visit_base(slug, "c", code)
    response = found[0] if found else None
    _refuse(link, invitation, response)
    return Visit(
        link=link,
        version=(version := _version_at(address, response)),
        language=_language(version.languages, language, invitation, accept),
        base=base,
        invitation=invitation,
        response=response,
        visit_id=visit_id,
        read=tuple(found[1]) if found else None,
        pages=address.pages,
        arrival=arrival,
    )


def _version_at(address: Address, response: Response | None) -> VersionSnapshot:
    if response is not None:
        return _answered_version(response, address)
    if address.version_pk is None:
        kind = "closed"
        raise VisitRefusedError(kind, address.link)
    return version_snapshot(address.version_pk, address.published_at)


def version_shown(visit: Visit, version_pk: int) -> VersionSnapshot:
    """Return the wording a form showed: an answer belongs to what was read."""
    if visit.response is not None or version_pk == visit.version.pk:
        return visit.version
    return published_version(visit.link.instrument, version_pk) or visit.version


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
