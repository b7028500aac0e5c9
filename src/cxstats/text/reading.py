"""Texts as they come, and texts as they are compared: folded, place by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from cxstats.errors import InputError

__all__ = [
    "LONGEST",
    "as_texts",
    "batches",
    "dictionary",
    "fold",
    "fold_all",
    "parse_yaml",
    "script_characters",
]

_FOLDER = "dictionaries"
_ASCII_SHIFT = 0xFEE0
_BATCH = 1_000_000
"""Characters that are looked at together."""

LONGEST = 20_000
"""Characters of one text that models look at: what follows repeats what it says."""


def as_texts(texts: Iterable[Any]) -> list[str]:
    """Turn a column of anything into a list of texts.

    Parameters
    ----------
    texts
        A list, NumPy array, pandas series, Arrow column or other iterable.

    Returns
    -------
    list of str
        One text per row. None and every NaN are ``""``; bytes are read as UTF-8;
        numbers and dates become their text.

    Raises
    ------
    InputError
        If one text was given instead of many, or the thing has no rows.
    """
    if isinstance(texts, str | bytes):
        raise InputError(
            f"give a list of texts, received one text of {len(texts):,} characters; "
            "write [text]"
        )
    to_list = getattr(texts, "to_pylist", None) or getattr(texts, "tolist", None)
    try:
        values = to_list() if to_list else list(texts)
    except TypeError as error:
        raise InputError(
            f"give a list of texts, received {type(texts).__name__}"
        ) from error
    return [value if type(value) is str else _text_of(value) for value in values]


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    text = str(value)
    # NaN, NaT and pandas' NA are missing whatever type they come in.
    return "" if text in {"nan", "NaN", "NaT", "<NA>"} else text


@cache
def dictionary(name: str) -> Any:
    """Read a dictionary that ships with the package."""
    path = resources.files(__package__).joinpath(_FOLDER).joinpath(f"{name}.yaml")
    return parse_yaml(path.read_text("utf-8"))


def parse_yaml(text: str) -> Any:
    """Read YAML by the quick parser where it is built in.

    Raises
    ------
    InputError
        If the text is no YAML.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise InputError(f"the dictionary is not YAML: {error}") from error


@cache
def script_characters() -> tuple[frozenset[str], frozenset[str]]:
    """Return the characters that only simplified, and only traditional texts use."""
    raw = dictionary("characters")
    pairs, shared = raw["pairs"].split(), raw["shared"].split()
    simplified = frozenset(pair[1] for pair in pairs)
    return simplified, frozenset(pair[0] for pair in (*pairs, *shared))


@cache
def _folding() -> dict[int, int]:
    raw = dictionary("characters")
    table = {
        ord(p[0]): ord(p[1]) for p in (*raw["pairs"].split(), *raw["shared"].split())
    }
    # Full-width letters, digits and marks have their plain twins at a fixed distance.
    table |= {code: code - _ASCII_SHIFT for code in range(0xFF01, 0xFF5F)}
    table |= {ord("\u3000"): ord(" "), ord("’"): ord("'")}
    for code in range(ord("A"), ord("Z") + 1):
        table[code] = code + 32
        table[code + _ASCII_SHIFT] = code + 32
    return table


def fold(text: str) -> str:
    """Fold a text for comparison, keeping the place of every character.

    Traditional characters become simplified, full-width letters and marks plain,
    Latin letters small.

    Examples
    --------
    >>> fold("網速太慢，ＡＰＰ")
    '网速太慢,app'
    """
    return text.translate(_folding())


def fold_all(texts: Sequence[str]) -> list[str]:
    """Fold many texts, all characters of a batch at once."""
    folded: list[str] = []
    table = _folding_table()
    for batch in batches(texts):
        joined = "".join(batch).encode("utf-32-le", "surrogatepass")
        codes = table[np.frombuffer(joined, dtype="<u4")]
        whole = codes.tobytes().decode("utf-32-le", "surrogatepass")
        start = 0
        for text in batch:
            folded.append(whole[start : start + len(text)])
            start += len(text)
    return folded


@cache
def _folding_table() -> npt.NDArray[np.uint32]:
    table = np.arange(0x110000, dtype="<u4")
    for code, plain in _folding().items():
        table[code] = plain
    return table


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut texts into runs of about a million characters, so that memory is bounded."""
    start = size = 0
    for at, text in enumerate(texts):
        size += len(text) + 1
        if size >= _BATCH:
            yield texts[start : at + 1]
            start, size = at + 1, 0
    if start < len(texts):
        yield texts[start:]
