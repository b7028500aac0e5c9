"""What customers wrote, beside what they scored and what is known about them.

The lake finds the answers, because it searches millions of comments quickly; the
rows themselves are read through `visible_to`, so that a person sees only the
customers she may see, whatever the search found.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from cxstats.engine import OrderBy, TopQuery
from cxstats.filters import Contains, Filter, IsNull, Not
from zhiyin.accounts.models import Permission, Person
from zhiyin.analyze.lake.queries import LakeSnapshot
from zhiyin.analyze.metrics.queries.engine import shared_engine
from zhiyin.analyze.metrics.queries.labels import Labels
from zhiyin.analyze.metrics.queries.selection import Selection
from zhiyin.listen.responses.models import Response

PAGE_SIZE = 30
MOST_FACTS = 8


@dataclass(frozen=True)
class Quote:
    """One customer's words with the score and what was known at the time."""

    response_id: int
    words: str
    score: str
    score_class: str
    scale: str
    answered_at: dt.datetime
    touchpoint: str
    channel: str
    customer: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Found:
    """One page of quotes."""

    quotes: list[Quote]
    page: int
    has_next: bool

    @property
    def previous(self) -> int:
        """Return the number of the page before."""
        return self.page - 1

    @property
    def next(self) -> int:
        """Return the number of the page after."""
        return self.page + 1


def _wanted(selection: Selection, words: str) -> Filter:
    kept = selection.filter() & Not(IsNull("comment"))
    for word in words.split()[:5]:
        kept = kept & Contains("comment", word)
    return kept


def find_ids(
    snapshot: LakeSnapshot,
    selection: Selection,
    words: str = "",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> tuple[list[int], bool]:
    """Return the newest matching responses of a page, and whether more follow."""
    if not snapshot.rows:
        return [], False
    query = TopQuery(
        select=("response_id",),
        order=(
            OrderBy("responded_at", descending=True),
            OrderBy("response_id", descending=True),
        ),
        k=size + 1,
        offset=(page - 1) * size,
        where=_wanted(selection, words),
    )
    table = shared_engine().top_rows(snapshot.source, query)
    ids = table.column("response_id").to_pylist()
    return ids[:size], len(ids) > size


def find_quotes(
    person: Person,
    snapshot: LakeSnapshot,
    selection: Selection,
    labels: Labels,
    words: str = "",
    page: int = 1,
) -> Found:
    """Return one page of comments that contain all the words, newest first."""
    ids, has_next = find_ids(snapshot, selection, words, page)
    return Found(quotes_of(person, ids, labels), page, has_next)


def latest_quotes(
    person: Person,
    snapshot: LakeSnapshot,
    selection: Selection,
    labels: Labels,
    size: int = 4,
) -> list[Quote] | None:
    """Return the newest comments, or None where the person may not see answers."""
    if not person.may(Permission.SEE_RESPONSES):
        return None
    plain = replace(selection, is_weighted=False)
    ids, _more = find_ids(snapshot, plain, size=size)
    return quotes_of(person, ids, labels)


def quotes_of(person: Person, ids: list[int], labels: Labels) -> list[Quote]:
    """Return quotes in the order of the ids, without those the person may not see."""
    rows = (
        Response.objects.visible_to(person)
        .filter(pk__in=ids)
        .select_related("customer")
        .prefetch_related("answers")
    )
    found = {row.pk: _quote(row, labels) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def _quote(row: Response, labels: Labels) -> Quote:
    scored = [answer for answer in row.answers.all() if answer.score is not None]
    main = next(
        (one for one in scored if one.is_primary), scored[0] if scored else None
    )
    score = score_class = scale = ""
    if main is not None and main.score is not None:
        score = f"{main.score:g}"
        scale = f"{main.scale_min}-{main.scale_max}"
        score_class = _class(main.score, main.detractor_max, main.promoter_min)
    facts = []
    for dimension in labels.dimensions:
        value = row.attributes.get(dimension.column.removeprefix("a_"))
        if dimension.column.startswith("a_") and value not in (None, ""):
            text = labels.value(dimension.name, value)
            facts.append((dimension.label, text))
    return Quote(
        response_id=row.pk,
        words=row.comment,
        score=score,
        score_class=score_class,
        scale=scale,
        answered_at=row.responded_at,
        touchpoint=labels.value("touchpoint", row.touchpoint) if row.touchpoint else "",
        channel=labels.value("channel", row.channel) if row.channel else "",
        customer=row.customer.key_masked if row.customer else "",
        facts=tuple(facts[:MOST_FACTS]),
    )


def _class(score: float, low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return ""
    if score <= low:
        return "detractor"
    return "promoter" if score >= high else "passive"


__all__ = ["Found", "Quote", "find_quotes", "latest_quotes", "quotes_of"]
