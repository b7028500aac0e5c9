"""Links: found by their address, listed with their counts, and what fills wordings."""

from __future__ import annotations

import hashlib

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from zhiyin.accounts.models import Person
from zhiyin.listen.programs.models import Invitation, SurveyLink


def token_hash(token: str) -> str:
    """Return what is kept of a personal link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_of_slug(slug: str) -> SurveyLink | None:
    """Return the link at a public address, with what its page reads."""
    return (
        SurveyLink.objects.select_related(
            "organisation",
            "instrument",
            "touchpoint",
            "wave",
        )
        .filter(slug=slug)
        .first()
    )


def invitation_of_token(link: SurveyLink, token: str) -> Invitation | None:
    """Return the invitation of a personal link; a token opens its own link only."""
    return (
        Invitation.objects.select_related("customer")
        .filter(link=link, token_hash=token_hash(token))
        .first()
    )


def _count(related: str) -> Coalesce:
    rows = (
        SurveyLink.objects.filter(pk=OuterRef("pk"))
        .annotate(number=Count(related))
        .values("number")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def links_with_counts(person: Person) -> QuerySet[SurveyLink]:
    """Return the links a person may see, with answers and invitations counted."""
    return (
        SurveyLink.objects.visible_to(person)
        .select_related("instrument", "touchpoint", "wave", "department")
        .annotate(answer_count=_count("response"))
        .annotate(invitation_count=_count("invitations"))
    )


def programme_of(link: SurveyLink) -> str:
    """Return the name under which the contact policy keeps a clock for this link."""
    return link.touchpoint.code if link.touchpoint else link.slug


def wording_slots(
    link: SurveyLink,
    language: str,
    *,
    brand: str = "",
    invitation: Invitation | None = None,
) -> dict[str, str]:
    """Return what fills {brand}, {touchpoint}, {date} and the like for one reader."""
    touchpoint = link.touchpoint.name_in(language) if link.touchpoint else ""
    known = invitation.attributes if invitation else {}
    return {
        "brand": brand or link.organisation.brand,
        "touchpoint": touchpoint,
        "date": str(known.get("date") or ""),
        "product": str(known.get("product") or link.organisation.brand),
        "service": str(
            known.get("service") or touchpoint or link.organisation.brand,
        ),
        "object": touchpoint or link.organisation.brand,
    }
