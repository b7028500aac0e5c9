"""What a comment says, as far as the models see it: feeling, aspects, contradiction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from cxstats.text import Aspects, Polarity

LONGEST_READ = 2_000
SURE = 0.7
# A contradiction is claimed of a customer's words only where the model is sure.
VERY_SURE = 0.85
COMPLAINT_BUT_HIGH, PRAISE_BUT_LOW = "high_score_complaint", "low_score_praise"


@dataclass(frozen=True)
class Feeling:
    """What one comment says; nothing where nothing was written."""

    sentiment: str = ""
    aspects: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    praise: float | None = None

    def contradiction(self, given_class: str) -> str:
        """Return how the words contradict the class of the score, or ""."""
        if self.praise is None:
            return ""
        if given_class == "promoter" and self.praise <= 1 - VERY_SURE:
            return COMPLAINT_BUT_HIGH
        if given_class == "detractor" and self.praise >= VERY_SURE:
            return PRAISE_BUT_LOW
        return ""


@cache
def _aspects() -> Aspects:
    return Aspects()


def aspect_names(language: str) -> list[tuple[str, str]]:
    """Return code and name of every aspect that can be found, in a language."""
    names = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
    wanted = names.get(language, "en")
    found = _aspects().dictionary.aspects
    return [(code, aspect.names[wanted]) for code, aspect in found.items()]


def feelings_of(comments: Sequence[str]) -> list[Feeling]:
    """Read comments, all at once; a model abstains where it is unsure."""
    texts = [text.strip()[:LONGEST_READ] for text in comments]
    written = [place for place, text in enumerate(texts) if text]
    made = [Feeling()] * len(texts)
    if not written:
        return made
    read = [texts[place] for place in written]
    praise = Polarity.starter().predict_proba(read).tolist()
    causes = _aspects().code(read)
    for place, probability, found in zip(written, praise, causes, strict=True):
        made[place] = Feeling(
            sentiment=_side(probability),
            aspects=tuple(_with_parents(each.code for each in found)),
            complaints=tuple(
                _with_parents(each.code for each in found if each.sentiment < 0)
            ),
            praise=probability,
        )
    return made


def _side(praise: float) -> str:
    if praise >= SURE:
        return "positive"
    return "negative" if praise <= 1 - SURE else "unsure"


def _with_parents(codes: Iterable[str]) -> list[str]:
    """Return codes and what stands above them: a rule may name a whole area."""
    found: dict[str, None] = {}
    for code in codes:
        parts = code.split("/")
        for size in range(1, len(parts) + 1):
            found["/".join(parts[:size])] = None
    return list(found)
