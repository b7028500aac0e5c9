"""Which language a text is in: simplified or traditional Chinese, English, or both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, Literal, get_args

from cxstats.text.reading import as_texts, dictionary, script_characters

__all__ = ["LANGUAGES", "Language", "detect_language", "detect_languages"]

Language = Literal["zh-Hans", "zh-Hant", "en", "mixed", "none"]
"""``mixed``: Chinese and English, or both scripts; ``none``: none of them."""

LANGUAGES: Final[tuple[str, ...]] = get_args(Language)

_READ = 4_000
"""Characters that are enough to tell; the rest of a long text is not read."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_LATIN = re.compile(r"[A-Za-z\uff21-\uff3a\uff41-\uff5a]{2,}|\b[AaIi]\b")
_OTHER = re.compile(r"[\u0400-\u06ff\u0900-\u0e7f\u3040-\u30ff\uac00-\ud7af]")

_HAN_PER_WORD = 1.7
_MINORITY = 0.25
_BOTH_SCRIPTS = 2


def detect_language(text: Any) -> Language:
    """Tell the language of one text by its characters.

    Parameters
    ----------
    text
        Anything; what is no text is ``none``. Of a long text the first 4,000
        characters decide.

    Returns
    -------
    str
        ``zh-Hans``, ``zh-Hant``, ``en``, ``mixed`` (a quarter or more of the words is
        in the other language or script) or ``none`` (no words, or another script).
        Chinese whose characters are the same in both scripts is ``zh-Hans``.

    Examples
    --------
    >>> [detect_language(t) for t in ("网速很快", "網速很快", "so slow", "666 😡")]
    ['zh-Hans', 'zh-Hant', 'en', 'none']
    """
    sample = str(as_texts([text])[0])[:_READ]
    han = _HAN.findall(sample)
    words = [w for w in _LATIN.findall(sample) if w.lower() not in _borrowed()]
    chinese = len(han) / _HAN_PER_WORD
    known = chinese + len(words)
    if len(_OTHER.findall(sample)) / _HAN_PER_WORD > known or not known:
        return "none"
    if len(words) / known > 1 - _MINORITY:
        return "en"
    if len(words) / known >= _MINORITY:
        return "mixed"
    return _script(han)


@cache
def _borrowed() -> frozenset[str]:
    """Terms that Chinese speakers write in Latin letters: no sign of English."""
    return frozenset(dictionary("stopwords")["borrowed"].split())


def _script(han: list[str]) -> Language:
    simplified, traditional = script_characters()
    plain = sum(character in simplified for character in han)
    full = sum(character in traditional for character in han)
    fewer = min(plain, full)
    if fewer >= _BOTH_SCRIPTS and fewer >= _MINORITY * (plain + full):
        return "mixed"
    return "zh-Hant" if full > plain else "zh-Hans"


def detect_languages(texts: Iterable[Any]) -> dict[str, int]:
    """Count the texts in each language; every language has its count.

    Parameters
    ----------
    texts
        As `as_texts` takes them; missing ones count as ``none``.
    """
    counted: Counter[str] = Counter(detect_language(text) for text in as_texts(texts))
    return {language: counted[language] for language in LANGUAGES}
