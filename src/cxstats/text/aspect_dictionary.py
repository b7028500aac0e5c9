"""What customers speak of: an editable dictionary of aspects and their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cxstats.errors import InputError
from cxstats.text.reading import dictionary, fold, parse_yaml

__all__ = ["Aspect", "AspectDictionary", "default_aspects"]

_REACH, _REACH_LATIN = 6, 30


@dataclass(frozen=True)
class Aspect:
    """One aspect.

    Parameters
    ----------
    code
        Its place in the tree: ``area/subject/cause``.
    names
        Its name by language: ``zh-Hans``, ``zh-Hant``, ``en``.
    sign
        -1 where the words alone are a complaint (no signal), else 0.
    """

    code: str
    names: Mapping[str, str]
    sign: int

    @property
    def parent(self) -> str:
        """Code of the aspect above, or its own at the top."""
        return self.code.rpartition("/")[0] or self.code


class AspectDictionary:
    """Aspects with the words that tell them.

    Parameters
    ----------
    raw
        The content of a dictionary file: ``aspects`` maps a code to ``zh-Hans``,
        ``zh-Hant``, ``en`` (names), ``zh`` and ``latin`` (words between spaces, ``_``
        for a space inside a phrase, ``A+B`` for A with B soon after it) and
        ``sign``. See ``cxstats/text/dictionaries/aspects.yaml``.

    Raises
    ------
    InputError
        If there is no aspect, or a row is not made like this.
    """

    def __init__(self, raw: Mapping[str, Any]) -> None:
        rows = raw.get("aspects") if isinstance(raw, Mapping) else None
        if not isinstance(rows, Mapping) or not rows:
            raise InputError(
                "an aspect dictionary has rows under 'aspects', such as "
                "'PRICE: {en: Price, zh: 价格 太贵}'"
            )
        self.aspects: dict[str, Aspect] = {}
        self._by_first: dict[str, list[tuple[str, str, str]]] = {}
        for code, row in rows.items():
            if not isinstance(row, Mapping):
                raise InputError(f"aspect {code!r} is not a row of names and words")
            self._add(str(code), row)
        han = "".join(re.escape(c) for c in self._by_first if not c.isascii())
        self._find = re.compile(f"[{han}]|(?<![a-z0-9])[a-z0-9]").finditer

    @classmethod
    def from_file(cls, path: str | Path) -> AspectDictionary:
        """Read a dictionary from a YAML file.

        Raises
        ------
        InputError
            If the file cannot be read or is no dictionary.
        """
        try:
            text = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read {str(path)!r}: {error}") from error
        return cls(parse_yaml(text))

    def _add(self, code: str, row: Mapping[str, Any]) -> None:
        names = {
            language: str(row.get(language) or code)
            for language in ("zh-Hans", "zh-Hant", "en")
        }
        self.aspects[code] = Aspect(code, names, -1 if row.get("sign") == -1 else 0)
        words = f"{row.get('zh') or ''} {row.get('latin') or ''}"
        for word in words.split():
            first, _, then = fold(word.replace("_", " ")).partition("+")
            if first:
                self._by_first.setdefault(first[0], []).append((first, then, code))

    @cache  # noqa: B019 - dictionaries are few and live as long as the process
    def words(self) -> frozenset[str]:
        """Return the words of the aspects that are no complaint: subjects alone."""
        return frozenset(
            first
            for rows in self._by_first.values()
            for first, then, code in rows
            if not then and self.aspects[code].sign == 0
        )

    def find(self, folded: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and code of each mention in a part of a folded text."""
        for found in self._find(folded, start, end):
            at = found.start()
            for first, then, code in self._by_first.get(folded[at], ()):
                stop = at + len(first)
                if not folded.startswith(first, at, end) or not _ends(
                    folded, first, stop
                ):
                    continue
                if then:
                    reach = _REACH_LATIN if then.isascii() else _REACH
                    place = folded.find(then, stop, min(end, stop + reach + len(then)))
                    if place < 0:
                        continue
                    stop = place + len(then)
                yield at, stop, code


def _ends(folded: str, word: str, stop: int) -> bool:
    """Tell whether a Latin word ends where it should; an s of the plural may follow."""
    if not word[-1].isascii() or not word[-1].isalpha():
        return True
    tail = folded[stop : stop + 2]
    if tail[:1] == "s":
        tail = tail[1:]
    return not (tail[:1].isascii() and tail[:1].isalpha())


@cache
def default_aspects() -> AspectDictionary:
    """Return the telecom dictionary that ships with the package."""
    return AspectDictionary(dictionary("aspects"))
