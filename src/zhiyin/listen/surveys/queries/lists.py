"""Questionnaires for the list, and one version's wordings side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from zhiyin.accounts.models import Person
from zhiyin.listen.surveys.models import Instrument, InstrumentVersion, Item
from zhiyin.listen.surveys.queries.standard import LANGUAGES


def instruments_for_list(
    person: Person,
    *,
    search: str = "",
    archived: bool = False,
) -> QuerySet[Instrument]:
    """Return questionnaires with their published version and open links counted."""
    published = InstrumentVersion.objects.filter(
        instrument=OuterRef("pk"),
        published_at__isnull=False,
    ).order_by("-number")
    newest = InstrumentVersion.objects.filter(instrument=OuterRef("pk")).order_by(
        "-number",
    )
    main = Item.objects.filter(version__instrument=OuterRef("pk"), is_primary=True)
    rows = (
        Instrument.objects.visible_to(person)
        .filter(is_archived=archived)
        .annotate(
            published_number=Subquery(published.values("number")[:1]),
            languages=Subquery(published.values("languages")[:1]),
            newest_number=Subquery(newest.values("number")[:1]),
            kind=Subquery(main.values("kind")[:1]),
            open_links=Coalesce(
                Count("links", filter=Q(links__is_open=True), distinct=True),
                0,
                output_field=IntegerField(),
            ),
        )
        .annotate(has_draft=~Q(newest_number=Coalesce(F("published_number"), 0)))
    )
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(code__icontains=search))
    return rows.order_by("name", "pk")


@dataclass(frozen=True)
class WordingRow:
    """One question with its wordings, one cell per language."""

    item: Item
    cells: list[dict[str, Any]]


def side_by_side(version: InstrumentVersion) -> list[WordingRow]:
    """Return the questions of a version with the three languages beside each other."""
    return [
        WordingRow(
            item,
            [
                {"language": language, **item.texts.get(language, {})}
                for language in LANGUAGES
            ],
        )
        for item in version.items.all()
    ]
