"""What the pages of questionnaires share: their door, and the draft they edit."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from zhiyin.accounts.models import Permission
from zhiyin.accounts.queries.requests import person_of
from zhiyin.common.access import permission_required
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item
from zhiyin.listen.surveys.queries import LANGUAGES

may_edit = permission_required(Permission.EDIT_SURVEYS)


def instrument_of(request: HttpRequest, pk: int) -> Instrument:
    """Return a questionnaire the person may see."""
    return get_object_or_404(Instrument.objects.visible_to(person_of(request)), pk=pk)


def draft_of(request: HttpRequest, pk: int) -> InstrumentVersion:
    """Return the draft under way of a questionnaire the person may see."""
    return get_object_or_404(
        InstrumentVersion.objects.select_related("instrument").prefetch_related(
            Prefetch("items", queryset=Item.objects.order_by("position")),
        ),
        instrument=instrument_of(request, pk),
        published_at__isnull=True,
    )


def languages_shown(request: HttpRequest, version: InstrumentVersion) -> list[str]:
    """Return the source's and the target's language; the target may be missing."""
    given = request.POST if "source" in request.POST else request.GET
    known = [code for code in LANGUAGES if code in version.languages] or list(LANGUAGES)
    source = given.get("source", "")
    source = source if source in LANGUAGES else _first(request, known)
    target = given.get("target", "")
    if target == "none":
        return [source]
    others = [code for code in known if code != source]
    if target not in LANGUAGES or target == source:
        target = others[0] if others else ""
    return [source, target] if target else [source]


def _first(request: HttpRequest, known: list[str]) -> str:
    own = person_of(request).language
    return own if own in known else known[0]


def tabs(version: InstrumentVersion, current: str) -> dict[str, Any]:
    """Return what the head of every page of a draft shows."""
    return {
        "instrument": version.instrument,
        "version": version,
        "tab": current,
    }
