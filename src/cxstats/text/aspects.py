"""What a comment is about: several causes, one of them primary, each with a feeling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from cxstats.errors import InputError
from cxstats.estimates import Floats, Notice
from cxstats.text.accuracy import Accuracy
from cxstats.text.aspect_dictionary import AspectDictionary, default_aspects
from cxstats.text.aspect_training import AspectModel, fit_aspects
from cxstats.text.clauses import clause_spans
from cxstats.text.lexicon import Lexicon, default_lexicon
from cxstats.text.reading import LONGEST, as_texts, fold

__all__ = ["Aspects", "Cause"]

_ADDED, _DROPPED = 0.5, 0.2
"""The classifier adds a cause from the first probability on and drops one below the
second; between them the dictionary decides."""

_IMPLIED = -0.5
_AFTER_TURN, _CAUSE_BONUS, _AGAIN = 1.3, 0.2, 0.1


@dataclass(frozen=True, slots=True)
class Cause:
    """One aspect of one comment.

    Parameters
    ----------
    code
        The aspect.
    sentiment
        How the customer speaks of it: from -1 to 1, 0 where nothing is said.
    start, end
        Place of its first words in the comment; -1 where only the classifier saw it.
    is_primary
        Whether it is what the comment is mainly about.
    """

    code: str
    sentiment: float
    start: int
    end: int
    is_primary: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the cause for JSON."""
        return {
            "code": self.code,
            "sentiment": round(self.sentiment, 4),
            "start": self.start,
            "end": self.end,
            "is_primary": self.is_primary,
        }


class Aspects:
    """A coder of aspects: by dictionary alone, or with a classifier trained on labels.

    Parameters
    ----------
    dictionary
        An `AspectDictionary`, the path of one, or its content; the telecom dictionary
        of the package by default.
    lexicon
        Opinion words for the sentiment toward each aspect.

    Examples
    --------
    >>> causes = Aspects().code(["网速很快，但是客服态度差"])[0]
    >>> [(c.code, c.sentiment < 0) for c in causes]
    [('SRV/人员/态度', True), ('NET/移动上网', False)]
    """

    def __init__(
        self,
        dictionary: AspectDictionary | Mapping[str, Any] | str | Path | None = None,
        *,
        lexicon: Lexicon | None = None,
    ) -> None:
        if isinstance(dictionary, str | Path):
            dictionary = AspectDictionary.from_file(dictionary)
        elif isinstance(dictionary, Mapping):
            dictionary = AspectDictionary(dictionary)
        self.dictionary = dictionary or default_aspects()
        self.lexicon = lexicon or default_lexicon()
        self.model: AspectModel | None = None

    @classmethod
    def fit(
        cls,
        texts: Iterable[Any],
        labels: Iterable[Any],
        *,
        dictionary: AspectDictionary | Mapping[str, Any] | str | Path | None = None,
    ) -> Self:
        """Train one classifier per aspect beside the dictionary.

        Parameters
        ----------
        texts
            Comments as `as_texts` takes them.
        labels
            For each text a list of codes, or one text of codes between ``;``. A code
            may be new to the dictionary.

        Returns
        -------
        Aspects
            With `accuracy` per code, from texts held out of the training.

        Raises
        ------
        InputError
            If the counts differ, or no code has 5 texts with it and 5 without.
        """
        coder = cls(dictionary)
        read = as_texts(texts)
        wanted = [_codes_of(label) for label in labels]
        if len(read) != len(wanted):
            raise InputError(
                f"every text needs its codes; received {len(read):,} texts and "
                f"{len(wanted):,} lists of codes"
            )
        told = [{cause.code for cause in found} for found in coder.code(read)]
        coder.model = fit_aspects(read, wanted, told)
        return coder

    @property
    def accuracy(self) -> dict[str, Accuracy]:
        """How the classifier does on unseen texts, by code; empty without training."""
        return {} if self.model is None else dict(self.model.accuracy)

    @property
    def warnings(self) -> tuple[Notice, ...]:
        """What to know about the training."""
        return () if self.model is None else self.model.warnings

    def name(self, code: str, language: str = "en") -> str:
        """Name an aspect in ``zh-Hans``, ``zh-Hant`` or ``en``; else its code."""
        aspect = self.dictionary.aspects.get(code)
        return code if aspect is None else aspect.names.get(language, code)

    def code(self, texts: Iterable[Any]) -> list[tuple[Cause, ...]]:
        """Name the causes of each text, the primary one first.

        Parameters
        ----------
        texts
            Comments as `as_texts` takes them.

        Returns
        -------
        list of tuple of Cause
            One tuple per text, empty where no aspect is recognised.
        """
        read = [text[:LONGEST] for text in as_texts(texts)]
        found = [self._by_dictionary(fold(text)) for text in read]
        if self.model is not None:
            told = [set(causes) for causes in found]
            probability = self.model.predict_proba(read, told)
            for causes, text, row in zip(found, read, probability, strict=True):
                self._corrected(causes, text, row)
        return [_ranked(causes) for causes in found]

    def predict_proba(self, texts: Iterable[Any]) -> Floats:
        """Return the probability of each trained code (``model.codes``) in each text.

        Returns
        -------
        numpy.ndarray
            Shape ``(len(texts), len(model.codes))``.

        Raises
        ------
        InputError
            If the coder was not trained.
        """
        if self.model is None:
            raise InputError(
                "no classifier was trained; call Aspects.fit(texts, labels)"
            )
        read = [text[:LONGEST] for text in as_texts(texts)]
        told = [set(self._by_dictionary(fold(text))) for text in read]
        return self.model.predict_proba(read, told)

    def _by_dictionary(self, folded: str) -> dict[str, tuple[Cause, float]]:
        """Causes by code, each with what it weighs."""
        spans = list(clause_spans(folded))
        mentions = [
            list(self.dictionary.find(folded, start, end)) for start, end, _ in spans
        ]
        if not any(mentions):
            return {}
        values = [value for _, _, value in self.lexicon.read_folded(folded).clauses]
        causes: dict[str, tuple[Cause, float]] = {}
        for at, said in enumerate(mentions):
            # 客服, 很差: an opinion without an aspect belongs to the aspect before it.
            follows = at + 1 < len(spans) and not mentions[at + 1]
            value = values[at] or (values[at + 1] if follows else 0.0)
            for start, end, code in self._specific(said, value):
                feeling = self._feeling(code, value)
                weight = abs(feeling) * (_AFTER_TURN if spans[at][2] else 1.0)
                weight += _CAUSE_BONUS * code.count("/")
                _add(causes, Cause(code, feeling, start, end), weight)
        return causes

    def _specific(
        self, said: Sequence[tuple[int, int, str]], value: float
    ) -> list[tuple[int, int, str]]:
        """Keep the most specific mentions; praise is no cause of complaint."""
        aspects = self.dictionary.aspects
        kept = [
            (
                start,
                end,
                aspects[code].parent if value > 0 > aspects[code].sign else code,
            )
            for start, end, code in said
        ]
        codes = {code for _, _, code in kept}
        kept = list({mention[2]: mention for mention in reversed(kept)}.values())[::-1]
        return [
            mention
            for mention in kept
            if not any(other.startswith(f"{mention[2]}/") for other in codes)
        ]

    def _feeling(self, code: str, value: float) -> float:
        if value:
            return value / (abs(value) + 0.5)
        known = self.dictionary.aspects.get(code)
        return _IMPLIED if known is not None and known.sign < 0 else 0.0

    def _corrected(
        self, causes: dict[str, tuple[Cause, float]], text: str, row: Floats
    ) -> None:
        """Add what the classifier is sure of, drop what it is sure is wrong."""
        assert self.model is not None  # noqa: S101 - only called with a model
        for code, probability in zip(self.model.codes, row.tolist(), strict=True):
            if code in causes and probability < _DROPPED:
                del causes[code]
            elif code not in causes and probability >= _ADDED:
                feeling = self.lexicon.read(text).score
                causes[code] = (Cause(code, feeling, -1, -1), probability)


def _codes_of(label: Any) -> set[str]:
    if label is None or label != label:  # noqa: PLR0124 - NaN is unequal to itself
        return set()
    given = label.split(";") if isinstance(label, str) else label
    return {str(code).strip() for code in given if str(code).strip()}


def _add(causes: dict[str, tuple[Cause, float]], cause: Cause, weight: float) -> None:
    if cause.code not in causes:
        causes[cause.code] = (cause, weight)
        return
    first, before = causes[cause.code]
    stronger = max(first.sentiment, cause.sentiment, key=abs)
    causes[cause.code] = (
        replace(first, sentiment=stronger),
        max(before, weight) + _AGAIN,
    )


def _ranked(causes: Mapping[str, tuple[Cause, float]]) -> tuple[Cause, ...]:
    """Put the weightiest first; among equals the one said first, then by code."""
    order = sorted(causes.values(), key=lambda c: (-c[1], c[0].start, c[0].code))
    return tuple(
        replace(cause, is_primary=at == 0) for at, (cause, _) in enumerate(order)
    )
