"""What customers wrote, beside what they scored and what is known about them.

The lake finds the answers, because it searches millions of comments quickly; the
rows themselves are read through `visible_to`, so that a person sees only the
customers she may see, whatever the search found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cxstats.engine import (
    ArrowData,
    Joined,
    OrderBy,
    ParquetFiles,
    Source,
    TopQuery,
)
from cxstats.filters import Contains, Filter, IsNull, Not
from zhiyin.accounts.models import Permission, Person
from zhiyin.analyze.lake.queries import LakeSnapshot
from zhiyin.analyze.metrics.queries.addresses import scope_of
from zhiyin.analyze.metrics.queries.engine import shared_engine
from zhiyin.analyze.metrics.queries.labels import Labels
from zhiyin.analyze.metrics.queries.memory import remembered
from zhiyin.analyze.metrics.queries.selection import Selection
from zhiyin.common.masking import mask_words
from zhiyin.listen.responses.models import Response
from zhiyin.listen.surveys.models import Item

PAGE_SIZE = 30
MOST_PAGES = 10_000
MOST_FACTS = 8
# With few files there is nothing to gain by looking at them one after the other.
FEW_FILES = 4
MOST_WORDS = 5
LONGEST_WORD = 60
# A question that is not the main one has no comment of its own: the newest so many
# of its answers are looked up among the comments.
LOOKED_UP = 200_000
_NEWEST = (
    OrderBy("responded_at", descending=True),
    OrderBy("response_id", descending=True),
)


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

    @property
    def first_facts(self) -> tuple[tuple[str, str], ...]:
        """Return as many facts as fit beside the words."""
        return self.facts[:MOST_FACTS]


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


def read_words(text: str) -> tuple[str, ...]:
    """Return the words to look for; more than a few, or very long ones, are cut."""
    return tuple(word[:LONGEST_WORD] for word in text.split()[:MOST_WORDS])


def read_page(text: str) -> int:
    """Return a page's number; what is no number means the first one."""
    if not (text.isascii() and text.isdecimal()):
        return 1
    return min(max(int(text[:9]), 1), MOST_PAGES)


@dataclass(frozen=True)
class Search:
    """Which comments are wanted: words that all occur, and a page of them."""

    words: tuple[str, ...] = ()
    page: int = 1
    size: int = PAGE_SIZE


def find_ids(
    snapshot: LakeSnapshot,
    selection: Selection,
    search: Search,
) -> tuple[list[int], bool]:
    """Return the newest matching responses of a page, and whether more follow."""
    if not snapshot.rows:
        return [], False
    ids = remembered(
        snapshot,
        selection,
        f"comments|{search}",
        lambda: _find_ids(snapshot, selection, search),
    )
    return list(ids[: search.size]), len(ids) > search.size


def _find_ids(
    snapshot: LakeSnapshot,
    selection: Selection,
    search: Search,
) -> tuple[int, ...]:
    """Look through the months from the newest back, until the page is full."""
    source, kept = _where_comments_are(snapshot, selection)
    for word in search.words:
        kept = kept & Contains("comment", word)
    last = search.page * search.size + 1
    found: list[int] = []
    for part in newest_first(snapshot, source):
        query = TopQuery(("response_id",), _NEWEST, last - len(found), where=kept)
        table = shared_engine().top_rows(part, query)
        found += table.column("response_id").to_pylist()
        if len(found) >= last:
            break
    return tuple(found[(search.page - 1) * search.size :])


def newest_first(snapshot: LakeSnapshot, source: Source) -> Iterator[Source]:
    """Yield the parts of a source, the newest months first, ever more at a time.

    A file holds the answers of one month, so that no older part has a newer answer.
    """
    if isinstance(source, Joined):
        for inner in newest_first(snapshot, source.left):
            yield replace(source, left=inner)
        return
    if not isinstance(source, ParquetFiles) or len(source.paths) < FEW_FILES:
        yield source
        return
    months: dict[str, list[str]] = {}
    for month, path in zip(snapshot.months, source.paths, strict=True):
        months.setdefault(month, []).append(path)
    left = sorted(months, reverse=True)
    size = 1
    while left:
        taken, left = left[:size], left[size:]
        yield ParquetFiles(tuple(path for month in taken for path in months[month]))
        size *= 4


def _where_comments_are(
    snapshot: LakeSnapshot,
    selection: Selection,
) -> tuple[Source, Filter]:
    """Return the rows that carry the comments of the selected responses.

    A response's words lie on the row of its main question.
    """
    spoken = Not(IsNull("comment"))
    if _is_main(selection):
        return snapshot.source, selection.filter() & spoken
    query = TopQuery(
        select=("response_id",),
        order=_NEWEST,
        k=LOOKED_UP,
        where=selection.filter(),
    )
    answered = shared_engine().top_rows(snapshot.source, query)
    rows = Joined(
        snapshot.source,
        ArrowData(answered.select(["response_id"])),
        "response_id",
        "response_id",
        kind="semi",
    )
    return rows, spoken


def _is_main(selection: Selection) -> bool:
    """Tell whether the question is the main one wherever it is asked."""
    return not Item.objects.filter(
        version__instrument__organisation_id=selection.organisation_id,
        code=selection.series.item,
        is_primary=False,
    ).exists()


def find_quotes(
    person: Person,
    snapshot: LakeSnapshot,
    selection: Selection,
    labels: Labels,
    search: Search,
) -> Found:
    """Return one page of comments that contain all the words, newest first."""
    ids, has_next = find_ids(snapshot, selection, search)
    return Found(quotes_of(person, ids, labels, selection), search.page, has_next)


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
    scope = scope_of(person, Permission.SEE_RESPONSES)
    plain = replace(selection, is_weighted=False, metric="", scope=scope)
    ids, _more = find_ids(snapshot, plain, Search(size=size))
    return quotes_of(person, ids, labels, selection)


def quotes_of(
    person: Person,
    ids: list[int],
    labels: Labels,
    selection: Selection,
) -> list[Quote]:
    """Return quotes in the order of the ids, without those the person may not see."""
    rows = (
        Response.objects.visible_to(person)
        .filter(pk__in=ids)
        .select_related("customer")
        .prefetch_related("answers")
    )
    found = {row.pk: _quote(row, labels, selection.series.item) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def _quote(row: Response, labels: Labels, item: str) -> Quote:
    """Return a quote with the score of the question that is looked at."""
    scored = [answer for answer in row.answers.all() if answer.score is not None]
    scored.sort(key=lambda answer: (answer.item != item, not answer.is_primary))
    main = next(iter(scored), None)
    return Quote(
        response_id=row.pk,
        words=mask_words(row.comment),
        score=f"{main.score:g}" if main else "",
        score_class=main.given_class if main else "",
        scale=f"{main.scale_min}-{main.scale_max}" if main else "",
        answered_at=row.responded_at,
        touchpoint=labels.value("touchpoint", row.touchpoint) if row.touchpoint else "",
        channel=labels.value("channel", row.channel) if row.channel else "",
        customer=row.customer.key_masked if row.customer else "",
        facts=tuple(_facts(row, labels)),
    )


def _facts(row: Response, labels: Labels) -> list[tuple[str, str]]:
    facts = []
    for dimension in labels.dimensions:
        value = row.attributes.get(dimension.column.removeprefix("a_"))
        if dimension.is_attribute and value not in (None, ""):
            facts.append((dimension.label, labels.value(dimension.name, value)))
    return facts
