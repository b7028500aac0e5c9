"""Rules about one text: whether it leads, coaches, bribes, sells or asks twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cxstats.text.reading import fold
from zhiyin.listen.surveys.queries.linter import patterns
from zhiyin.listen.surveys.queries.linter.findings import Finding, found

_SENTENCE = re.compile(r"[^.!?。;\n]*[.!?。;\n]?")
_CLAUSE = re.compile(r"[,:()\n]|\.(?: |$)|[!?。;]")
_BLANKS = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
# "1 means very dissatisfied, 10 means very satisfied": both ends named is no coaching.
_ANCHOR = re.compile(
    r"\d+ ?分?(?:\(| )?(?:表示|为|代表|是|即|指|=|:|means?|is|if|for|\()? ?"
    r"(?:非常|完全|极其|极|十分|很|very |extremely |not at all |completely )?"
    r"(?:不)?(?:满意|可能|同意|愿意|轻松|推荐|容易|好|差|satisfied|dissatisfied|likely|"
    r"unlikely|easy|difficult|agree|disagree)",
)


def folded(text: str) -> str:
    """Return a text as the patterns read it."""
    return _BLANKS.sub("", fold(text)).strip()


def _without_anchors(text: str) -> str:
    """Drop the explanation of a scale where it names both of its ends."""
    anchors = _ANCHOR.findall(text)
    return _ANCHOR.sub(" ", text) if len(anchors) > 1 else text


def _first(text: str, rules: tuple[re.Pattern[str], ...]) -> str:
    for rule in rules:
        match = rule.search(text)
        if match:
            return match.group(0).strip()
    return ""


def leads(text: str) -> str:
    """Return the words that suggest an answer, else ""."""
    return _first(folded(text), patterns.LEADING)


def coaches(text: str) -> str:
    """Return the words that say which score to give, else ""."""
    return _first(_without_anchors(folded(text)), patterns.COACHING)


def explains_classes(text: str) -> str:
    """Return the words that tell how scores are counted, else ""."""
    return _first(folded(text), patterns.CLASS_EXPLAINED)


def rewards_score(text: str) -> str:
    """Return the sentence that ties a reward to a score, else ""."""
    for sentence in _sentences(folded(text)):
        plain = patterns.RANGE.sub(" ", _without_anchors(sentence))
        if patterns.REWARD.search(plain) and patterns.SCORED_HIGH.search(plain):
            return sentence
    return ""


def rewards_answer(text: str) -> str:
    """Return the reward that is promised for answering, else ""."""
    match = re.search(
        rf"(?:得|获|送|赠|领|抽|享|win|get|receive|earn|enter|enjoy)[a-z]{0, 4}"
        rf".{{0,16}}(?:{patterns.REWARD.pattern})|抽奖|prize draw",
        folded(text),
    )
    return match.group(0) if match else ""


def offers(text: str) -> str:
    """Return the words of an offer proper, else ""."""
    return _first(folded(text), patterns.OFFER)


def offer_words(text: str) -> str:
    """Return words that make a message marketing, else ""."""
    return offers(text) or _first(folded(text), patterns.OFFER_WORDS)


def compares(text: str, own: str = "") -> str:
    """Return the other operator or the comparison a text names, else "".

    `own` is the brand that speaks, whose name is its own to use.
    """
    plain = folded(text)
    for name in filter(None, [folded(own)]):
        plain = plain.replace(name, " ")
    named = patterns.OPERATORS.search(plain)
    if named:
        return named.group(0)
    if patterns.ASKS_TO_COMPARE.search(plain):
        return ""
    return _first(plain, patterns.COMPARED)


def frightens(text: str) -> str:
    """Return words that frighten customers out of leaving, else ""."""
    return _first(folded(text), patterns.FEAR)


def speaks_of_porting(text: str) -> str:
    """Return the words for taking a number to another operator, else ""."""
    return _first(folded(text), patterns.PORTING)


def asks_twice(text: str) -> str:
    """Return the two things a judging question joins, else ""."""
    for sentence in _sentences(folded(text)):
        judged = patterns.JUDGED.search(sentence)
        for clause in filter(None, _CLAUSE.split(sentence)):
            plain = patterns.ONE_THING.sub("■", clause)
            if judged and (
                patterns.JUDGED.search(plain) or not _clauses_left(sentence, clause)
            ):
                twice = _first(plain, patterns.JOINED)
                if twice:
                    return twice
    return ""


def _clauses_left(sentence: str, clause: str) -> bool:
    """Tell whether another clause of the sentence holds its judgement."""
    others = (each for each in _CLAUSE.split(sentence) if each and each != clause)
    return any(patterns.JUDGED.search(each) for each in others)


def asks_personal_data(text: str) -> str:
    """Return the personal data a question asks for, else ""."""
    return _first(folded(text), patterns.PERSONAL)


def _sentences(text: str) -> Iterator[str]:
    return (part for part in _SENTENCE.findall(text) if part.strip())


def text_findings(
    text: str,
    *,
    item: str = "",
    language: str = "",
    own: str = "",
) -> Iterator[Finding]:
    """Yield what is wrong with any text a customer reads in a questionnaire."""
    rules = (
        ("leading", leads(text)),
        ("coaching", coaches(text)),
        ("class_explained", explains_classes(text)),
        ("reward_by_score", rewards_score(text)),
        ("offer", offers(text)),
        ("comparative", compares(text, own)),
    )
    for code, quote in rules:
        if quote:
            yield found(code, item=item, language=language, quote=quote)
