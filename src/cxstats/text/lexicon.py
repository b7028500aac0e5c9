"""Opinion words with what turns and strengthens them: negators, degrees, exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cxstats.errors import InputError
from cxstats.text.clauses import clause_spans
from cxstats.text.reading import batches, dictionary, fold
from cxstats.text.spotting import Spotter

__all__ = ["Lexicon", "Reading", "default_lexicon"]


# What a word of the lexicon does. Plain numbers, for they are compared by the million.
_OPINION, _NEGATOR, _DEGREE, _NEUTRAL, _EXPRESSION, _EXCEPT, _EXCEPT_END, _WISH = range(
    8
)

_SECTIONS = {
    "negators": _NEGATOR,
    "neutral": _NEUTRAL,
    "except": _EXCEPT,
    "except_ends": _EXCEPT_END,
    "wishes": _WISH,
}
_STRENGTHS = {
    "words": _OPINION,
    "degrees": _DEGREE,
    "expressions": _EXPRESSION,
}

_REACH = 3
"""Characters that may stand between a negator and what it negates."""
_REACH_LATIN = 14
_MOST_BEFORE = 8
_NOT_GOOD, _NOT_BAD, _SOFT_NOT, _NOT_NOT = 0.8, 0.6, 0.6, 0.6
_EXCEPTED, _WISHED = 0.2, -0.3
_BEFORE_TURN, _AFTER_TURN = 0.6, 1.3
_DAMPING = 0.5

Token = tuple[int, int, int, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the lexicon finds in one text.

    Parameters
    ----------
    score
        From -1 (only complaint) to 1 (only praise); 0 where nothing was found.
    amount
        Sum of the strengths of all opinions; 0 where nothing was found.
    coverage
        Share of the text's characters that lie in words of the lexicon, 0 to 1.
    is_negated
        Whether a negator, an exception or a fixed expression took part.
    clauses
        Start, end and summed opinion of each part of the text.
    """

    score: float
    amount: float
    coverage: float
    is_negated: bool
    clauses: tuple[tuple[int, int, float], ...]


class Lexicon:
    """An editable lexicon of opinions.

    Parameters
    ----------
    raw
        The content of a dictionary file: ``words``, ``degrees`` and ``expressions``
        map a strength to words between spaces; ``negators``, ``neutral``,
        ``except``, ``except_ends`` and ``wishes`` are words between spaces. In an
        English phrase ``_`` stands for a space.

    Raises
    ------
    InputError
        If a section is not made of words, or a strength is no number.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.entries: dict[str, tuple[int, float]] = {}
        for section, kind in _SECTIONS.items():
            self._add(str(raw.get(section, "")), kind, 0.0)
        for section, kind in _STRENGTHS.items():
            for strength, words in dict(raw.get(section, {})).items():
                self._add(str(words), kind, _number(section, strength))
        by_first: dict[str, list[str]] = {}
        for word in sorted(self.entries, key=lambda word: (-len(word), word)):
            by_first.setdefault(word[0], []).append(word)
        self._matchers = {
            first: re.compile(_alternatives(words)).match
            for first, words in by_first.items()
        }
        self._find = re.compile(_beginnings(by_first)).finditer
        # Latin words end where a word ends, which takes a look at each place.
        self._words = [word for word in self.entries if not word[0].isascii()]
        self._spotter = Spotter(self._words) if self._words else None

    def _add(self, words: str, kind: int, value: float) -> None:
        for word in words.split():
            self.entries[fold(word.replace("_", " "))] = (kind, value)

    def read(self, text: str) -> Reading:
        """Read one text.

        Examples
        --------
        >>> lexicon = default_lexicon()
        >>> [round(lexicon.read(t).score, 2) for t in ("不差", "不是很好", "再也不来")]
        [0.67, -0.62, -0.8]
        """
        return self.read_folded(fold(text))

    def read_folded(self, folded: str) -> Reading:
        """Read a text that is folded already."""
        return self._read(folded, self._tokens(folded))

    def read_many(self, folded: Sequence[str]) -> list[Reading]:
        """Read texts that are folded already, much faster than one by one."""
        if self._spotter is None:
            return [self.read_folded(text) for text in folded]
        of_word = [self.entries[word] for word in self._words]
        return [
            self._read(
                text,
                self._tokens(text)
                if "\0" in text or self._has_latin(text)
                else [(at, upto, *of_word[word]) for at, upto, word in found],
            )
            for batch in batches(folded)
            for text, found in zip(batch, self._spotter.spot(batch), strict=True)
        ]

    def _read(self, folded: str, tokens: list[Token]) -> Reading:
        spans = list(clause_spans(folded))
        last_turn = max([at for at, span in enumerate(spans) if span[2]], default=0)
        total = amount = 0.0
        first, count, negated = 0, len(tokens), False
        clauses = []
        for at, (start, end, _turn) in enumerate(spans):
            after = first
            while after < count and tokens[after][0] < end:
                after += 1
            if after == first:
                clauses.append((start, end, 0.0))
                continue
            value, size, turned = _weigh(folded, tokens[first:after])
            first = after
            factor = 1.0
            if last_turn:
                factor = _BEFORE_TURN if at < last_turn else _AFTER_TURN
            clauses.append((start, end, value))
            total += factor * value
            amount += factor * size
            negated = negated or turned
        score = total / (amount + _DAMPING) if amount else 0.0
        return Reading(score, amount, _covered(spans, tokens), negated, tuple(clauses))

    def _has_latin(self, folded: str) -> bool:
        """Tell whether a Latin word of the lexicon is in a text, as app is not."""
        for found in _LATIN(folded):
            matcher, at = self._matchers.get(found[0]), found.start()
            if (matcher and matcher(folded, at)) or _CONTRACTED(folded, at):
                return True
        return False

    def _tokens(self, folded: str) -> list[Token]:
        """Find the longest word at each place, from left to right."""
        upto = 0
        tokens: list[Token] = []
        add, matchers, entries = tokens.append, self._matchers, self.entries
        for found in self._find(folded):
            at = found.start()
            if at < upto:
                continue
            character = folded[at]
            # Every Chinese character that is found begins a word; a letter may not.
            matched = matchers[character](folded, at) if character in matchers else None
            if matched is not None:
                upto = matched.end()
                kind, value = entries[matched[0]]
                add((at, upto, kind, value))
            elif character.isascii():
                contracted = _CONTRACTED(folded, at)
                if contracted:
                    upto = contracted.end()
                    add((at, upto, _NEGATOR, 0.0))
        return tokens


_BEGIN_LATIN = "(?<![a-z0-9'])[a-z]"
_LATIN = re.compile(_BEGIN_LATIN).finditer
_CONTRACTED = re.compile(r"[a-z]+n't(?![a-z])").match


def _covered(spans: list[tuple[int, int, bool]], tokens: list[Token]) -> float:
    """Share of the characters of the parts that lie in words of the lexicon."""
    length = inside = 0
    for start, end, _turn in spans:
        length += end - start
    for start, end, kind, _strength in tokens:
        if kind != _NEUTRAL:
            inside += end - start
    return inside / length if length else 0.0


def _beginnings(by_first: Mapping[str, list[str]]) -> str:
    """Write a pattern of places where a word may begin.

    A character that begins longer words alone is found before one of the characters
    that come second in them; Latin words are looked up at their beginning only.
    """
    han = {first: words for first, words in by_first.items() if not first.isascii()}
    alone = {first for first, words in han.items() if first in words}
    second = {word[1] for first in han.keys() - alone for word in han[first]}
    patterns = [_BEGIN_LATIN]
    if alone:
        patterns.insert(0, f"[{_listed(alone)}]")
    if second:
        patterns.append(f"[{_listed(han.keys() - alone)}](?=[{_listed(second)}])")
    return "|".join(patterns)


def _listed(characters: Iterable[str]) -> str:
    return "".join(map(re.escape, sorted(characters)))


def _alternatives(words: list[str]) -> str:
    """Write a pattern of words, longest first; Latin ones end where a word ends."""
    tail = r"(?![a-z0-9])" if words[0][0].isascii() else ""
    return f"(?:{'|'.join(map(re.escape, words))}){tail}"


def _number(section: str, strength: Any) -> float:
    try:
        return float(strength)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"the strengths of {section!r} are numbers; received {strength!r}"
        ) from error


def _weigh(folded: str, tokens: list[Token]) -> tuple[float, float, bool]:
    """Sum the opinions of one clause: value, amount, and whether one was turned."""
    value = amount = 0.0
    negated = excepting = wishing = False
    for at, (_start, end, kind, strength) in enumerate(tokens):
        if kind == _OPINION:
            if folded[end - 1] == "好" and _only_stresses(tokens, at):
                continue
            opinion = strength
            if at:
                opinion, turned = _turned(folded, tokens, at, strength)
                negated = negated or turned
        elif kind == _EXPRESSION:
            opinion, negated = strength, True
        else:
            wishing = wishing or kind == _WISH
            excepting = kind == _EXCEPT or (excepting and kind != _EXCEPT_END)
            negated = negated or excepting
            continue
        if excepting:
            opinion *= _EXCEPTED
            # 除了贵和慢都好 sets all aside up to 都; 除了便宜没有优点 only the first.
            excepting = any(token[2] == _EXCEPT_END for token in tokens)
        elif wishing and opinion > 0:
            opinion, negated = _WISHED * opinion, True
        value += opinion
        amount += abs(opinion)
    return value, amount, negated


def _only_stresses(tokens: list[Token], at: int) -> bool:
    """Tell whether 好, alone, stands right before another opinion, as in 好贵."""
    if at + 1 == len(tokens):
        return False
    start, end = tokens[at][:2]
    following = tokens[at + 1]
    return end - start == 1 and following[0] == end and following[2] == _OPINION


def _turned(
    folded: str, tokens: list[Token], at: int, strength: float
) -> tuple[float, bool]:
    """Apply the negators and degrees that stand before an opinion."""
    negators, factor, softened = _before(folded, tokens, at)
    if not negators:
        return strength * factor, False
    if negators % 2 == 0:
        return strength * _NOT_NOT, True
    if softened:
        return -strength * _SOFT_NOT, True
    return -strength * factor * (_NOT_GOOD if strength > 0 else _NOT_BAD), True


def _before(folded: str, tokens: list[Token], at: int) -> tuple[int, float, bool]:
    """Count the negators and multiply the degrees that reach an opinion.

    The third answer tells whether a degree stands after a negator: 不太好.
    """
    negators, factor, softened = 0, 1.0, False
    start = tokens[at][0]
    for place in range(at - 1, max(-1, at - _MOST_BEFORE), -1):
        left, right, kind, value = tokens[place]
        gap = folded[right:start]
        if len(gap) > (_REACH_LATIN if gap.isascii() else _REACH):
            break
        if kind == _NEGATOR:
            negators += 1
            softened = softened or factor > 1
        elif kind == _DEGREE:
            factor *= value
        elif kind != _NEUTRAL:
            break
        start = left
    return negators, factor, softened


@cache
def default_lexicon() -> Lexicon:
    """Return the lexicon that ships with the package."""
    return Lexicon(dictionary("polarity"))
