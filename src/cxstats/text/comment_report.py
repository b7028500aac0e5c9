"""All comments of a table in one answer: feelings, aspects, topics, contradictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxstats.display import format_value, text_table
from cxstats.engine import Engine, OrderBy, TopQuery
from cxstats.errors import InputError
from cxstats.estimates import Estimate, Floats, Notice
from cxstats.filters import Filter
from cxstats.inputs import engine_for, filter_of, source_of
from cxstats.results import Result
from cxstats.scales import NPS_0_10, Scale, parse_scale
from cxstats.text.accuracy import Accuracy, share_of
from cxstats.text.aspects import Aspects, Cause
from cxstats.text.contradiction import Contradictions, as_numbers, contradictions_of
from cxstats.text.duplicates import Duplicates, near_duplicates
from cxstats.text.language import detect_languages
from cxstats.text.polarity import CERTAINTY, Polarity, verdicts
from cxstats.text.reading import LONGEST, as_texts
from cxstats.text.redaction import redact, redact_all
from cxstats.text.topic_model import Topics, topics

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AspectCount", "CommentsResult", "comments"]

_MOST_ROWS = 2_000_000
_FEEL = 0.05
_SHOWN = 15


@dataclass(frozen=True)
class AspectCount:
    """How many comments speak of one aspect, and how.

    Parameters
    ----------
    code, names
        The aspect and its name by language.
    share
        Share of the comments that speak of it.
    negative
        Share that complains about it among those who speak of it.
    n, n_negative, n_positive, n_primary
        Comments that speak of it, complain, praise, and are mainly about it.
    """

    code: str
    names: Mapping[str, str]
    share: Estimate
    negative: Estimate
    n: int
    n_negative: int
    n_positive: int
    n_primary: int

    def to_dict(self) -> dict[str, Any]:
        """Return the aspect for JSON."""
        return {
            "code": self.code,
            "names": dict(self.names),
            "n": self.n,
            "n_negative": self.n_negative,
            "n_positive": self.n_positive,
            "n_primary": self.n_primary,
            "share": self.share.to_dict(),
            "negative": self.negative.to_dict(),
        }


@dataclass(frozen=True, repr=False, eq=False)
class CommentsResult(Result):
    """What the comments of a table say.

    Parameters
    ----------
    n
        Rows.
    languages
        Comments by language; rows without words are ``none``.
    polarity
        Share of ``positive``, ``negative`` and ``unsure`` among the written comments.
    accuracy
        How the model did on texts held out of its training.
    aspects
        Aspects, the most frequent first.
    topics, duplicates
        Topics found without a dictionary; comments that repeat each other.
    contradictions, contradicting
        Answers whose score says the other, and their comments without personal data,
        in the same order; None without a score.
    redacted
        Personal data found, by kind.
    warnings
        What to know about all this.
    """

    n: int
    languages: Mapping[str, int]
    polarity: Mapping[str, Estimate]
    accuracy: Accuracy | None
    aspects: tuple[AspectCount, ...]
    topics: Topics
    duplicates: Duplicates
    contradictions: Contradictions | None
    contradicting: tuple[str, ...]
    redacted: Mapping[str, int]
    warnings: tuple[Notice, ...] = ()

    @property
    def n_text(self) -> int:
        """Comments with words."""
        return self.polarity["positive"].n

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON."""
        return {
            "n": self.n,
            "n_text": self.n_text,
            "languages": dict(self.languages),
            "polarity": {name: e.to_dict() for name, e in self.polarity.items()},
            "accuracy": None if self.accuracy is None else self.accuracy.to_dict(),
            "aspects": [aspect.to_dict() for aspect in self.aspects],
            "topics": [topic.to_dict() for topic in self.topics.topics],
            "contradictions": self._contradictions(),
            "duplicates": {
                "share": self.duplicates.share.to_dict(),
                "canned": self.duplicates.canned.to_dict(),
            },
            "redacted": dict(self.redacted),
            "warnings": [notice.to_dict() for notice in self.warnings],
        }

    def _contradictions(self) -> dict[str, Any] | None:
        found = self.contradictions
        if found is None:
            return None
        rows = [
            {**row.to_dict(), "text": text}
            for row, text in zip(found.rows, self.contradicting, strict=True)
        ]
        for row in rows:
            del row["row"]  # The engine gives rows in an order of its own.
        return {**found.to_dict(), "rows": rows}

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per aspect."""
        import pandas as pd  # noqa: PLC0415 - only notebooks need it

        columns = ["code", "name", "n", "n_negative", "n_positive", "n_primary"]
        rows = [{**a.to_dict(), "name": a.names["en"]} for a in self.aspects]
        return pd.DataFrame(rows, columns=columns)

    def chart(self) -> Any:
        """Draw the aspects and how customers speak of them."""
        from cxstats.charts.text import aspect_chart  # noqa: PLC0415 - as above

        rows = [
            {"label": a.names["en"], "mood": mood, "n": n}
            for a in self.aspects[:_SHOWN]
            for mood, n in (
                ("negative", a.n_negative),
                ("neutral", a.n - a.n_negative - a.n_positive),
                ("positive", a.n_positive),
            )
        ]
        return aspect_chart(rows)

    def __str__(self) -> str:
        """Write polarity, aspects, topics and what else was found."""
        polarity = [[name, *_numbers(e)] for name, e in self.polarity.items()]
        aspects = [
            [a.names["en"], f"{a.n:,}", *_numbers(a.negative)]
            for a in self.aspects[:_SHOWN]
        ]
        parts = [
            f"{self.n_text:,} comments in {self.n:,} rows",
            text_table(["polarity", "share", "interval"], polarity),
            text_table(["aspect", "n", "negative", "interval"], aspects),
            str(self.topics),
        ]
        if self.contradictions is not None:
            parts.append(str(self.contradictions))
        found = ", ".join(f"{n:,} {kind}" for kind, n in self.redacted.items())
        parts.append(f"personal data: {found or 'none found'}")
        return "\n\n".join(parts)


def _numbers(e: Estimate) -> list[str]:
    value, lower, upper = (format_value(v, e.unit) for v in (e.value, e.lower, e.upper))
    return [value, f"{lower} to {upper}"]


def comments(  # noqa: PLR0913 - a notebook names what it means, all but two optional
    data: Any,
    *,
    text: str,
    score: str | None = None,
    scale: Scale | str = NPS_0_10,
    model: Polarity | None = None,
    aspects: Aspects | None = None,
    k: int = 8,
    where: str | Filter | None = None,
    level: float = 0.95,
    engine: Engine | str | None = None,
) -> CommentsResult:
    """Read a column of comments.

    Parameters
    ----------
    data
        A file, a frame, an Arrow table, or a table on an engine.
    text
        Column of comments; NULL and blank ones count as rows without a comment.
    score, scale
        Column of scores on a scale, to find comments that contradict them.
    model
        A model trained by `Polarity.fit`; by default the starter model.
    aspects
        A coder of aspects; by default the telecom dictionary.
    k
        Number of topics to look for.
    where
        Rows to keep.
    level
        Level of the intervals.
    engine
        Where the rows lie. The comments themselves are read here.

    Returns
    -------
    CommentsResult
        Every share with its interval. Shares are of comments, not weighted: those who
        write are no sample of those who do not.

    Raises
    ------
    InputError
        If a column cannot be used.
    """
    if not 0 < level < 1:
        raise InputError(f"the level lies between 0 and 1; received {level}")
    read, scores = _fetch(data, text, score, filter_of(where), engine)
    chosen = model or Polarity.starter()
    probability = chosen.predict_proba(read)
    coder = aspects or Aspects()
    against = None
    if scores is not None:
        against = contradictions_of(
            probability, scores, parse_scale(scale), level=level
        )
    found = topics(read, k=k, level=level)
    rows = () if against is None else against.rows
    return CommentsResult(
        n=len(read),
        languages=detect_languages(read),
        polarity=_polarity(probability, level),
        accuracy=chosen.accuracy,
        aspects=_counted(coder, coder.code(read), probability, level),
        topics=found,
        duplicates=near_duplicates(read),
        contradictions=against,
        contradicting=tuple(redact(read[row.row]).text for row in rows),
        redacted=redact_all(read)[1],
        warnings=_notices(probability, model, against, read),
    )


def _fetch(
    data: Any,
    text: str,
    score: str | None,
    where: Filter | None,
    engine: Engine | str | None,
) -> tuple[list[str], Floats | None]:
    """Read the rows, in the order of their comments: no row's place matters."""
    columns = (text, score) if score else (text,)
    order = tuple(OrderBy(column) for column in columns)
    query = TopQuery(columns, order, k=_MOST_ROWS, where=where)
    with engine_for(engine) as opened:
        table = opened.top_rows(source_of(data, query.columns()), query)
    read = as_texts(table.column(0))
    return read, as_numbers(table.column(1)) if score else None


def _polarity(probability: Floats, level: float) -> dict[str, Estimate]:
    counted: Counter[str] = Counter(verdicts(probability, CERTAINTY))
    n = len(probability) - counted["none"]
    sides = ("positive", "negative", "unsure")
    return {side: share_of(counted[side], n, level) for side in sides}


def _counted(
    coder: Aspects,
    coded: Sequence[tuple[Cause, ...]],
    probability: Floats,
    level: float,
) -> tuple[AspectCount, ...]:
    n = int((~np.isnan(probability)).sum())
    total: Counter[str] = Counter()
    negative: Counter[str] = Counter()
    positive: Counter[str] = Counter()
    primary: Counter[str] = Counter()
    for causes in coded:
        for cause in causes:
            total[cause.code] += 1
            negative[cause.code] += cause.sentiment < -_FEEL
            positive[cause.code] += cause.sentiment > _FEEL
            primary[cause.code] += cause.is_primary
    languages = ("zh-Hans", "zh-Hant", "en")
    return tuple(
        AspectCount(
            code=code,
            names={language: coder.name(code, language) for language in languages},
            share=share_of(count, n, level),
            negative=share_of(negative[code], count, level),
            n=count,
            n_negative=negative[code],
            n_positive=positive[code],
            n_primary=primary[code],
        )
        for code, count in sorted(total.items(), key=lambda item: (-item[1], item[0]))
    )


def _notices(
    probability: Floats,
    model: Polarity | None,
    against: Contradictions | None,
    read: Sequence[str],
) -> tuple[Notice, ...]:
    notices = list(against.warnings) if against is not None else []
    n, longest = len(read), max(map(len, read), default=0)
    if np.isnan(probability).all():
        notices.append(Notice("empty", "no row has a comment"))
    elif model is None:
        notices.append(
            Notice(
                "starter_model",
                "the starter model learned from invented comments; its accuracy on "
                "yours is unknown until about 300 of them are labelled",
            )
        )
    if longest > LONGEST:
        notices.append(
            Notice(
                "long_text",
                f"of comments longer than {LONGEST:,} characters only the beginning is "
                f"judged; the longest has {longest:,}",
            )
        )
    if n == _MOST_ROWS:
        notices.append(
            Notice("cut", f"only the first {_MOST_ROWS:,} rows were read; narrow them")
        )
    return tuple(notices)
