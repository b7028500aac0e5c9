"""Texts in words: jieba for Chinese, spaces for English."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from cxstats.text.aspect_dictionary import default_aspects
from cxstats.text.reading import LONGEST, dictionary, fold

if TYPE_CHECKING:
    import jieba  # type: ignore[import-untyped]

__all__ = ["content_words", "stop_words"]

_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
_LATIN_WORD = re.compile(r"[a-z][a-z0-9'\-]{2,}|[0-9]g")


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about a subject."""
    return frozenset(dictionary("stopwords")["words"].split())


@cache
def _cutter() -> jieba.Tokenizer:
    import jieba  # noqa: PLC0415 - its dictionary takes a second to read

    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    for word in sorted(default_aspects().words()):
        if _HAN_WORD.fullmatch(word):
            cutter.add_word(word)
    return cutter


@lru_cache(maxsize=200_000)
def _subject(word: str) -> str:
    """Leave the subject of a word that begins with one: 网速慢 is about 网速."""
    subjects = default_aspects().words()
    if word not in subjects:
        for size in range(len(word) - 1, 1, -1):
            if word[:size] in subjects:
                return word[:size]
    return word


def content_words(text: str, ignored: Iterable[str] = ()) -> list[str]:
    """Cut a text into words that may tell its subject, folded.

    Chinese words of two characters or more and English words of three letters or more
    are kept, stop words and those of ``ignored`` are not.
    """
    stop = stop_words().union(ignored)
    cut = (_subject(word) for word in _cutter().cut(fold(text[:LONGEST]), HMM=False))
    return [
        word
        for word in cut
        if (_HAN_WORD.fullmatch(word) or _LATIN_WORD.fullmatch(word))
        and word not in stop
    ]
