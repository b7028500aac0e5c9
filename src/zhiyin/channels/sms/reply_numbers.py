"""Finding numbers in a short reply: digits of any width, Chinese and English words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

CHINESE_DIGITS = {
    "零": 0, "〇": 0, "一": 1, "壹": 1, "二": 2, "两": 2, "兩": 2, "贰": 2, "三": 3,
    "叁": 3, "四": 4, "肆": 4, "五": 5, "伍": 5, "六": 6, "陆": 6, "陸": 6, "七": 7,
    "柒": 7, "八": 8, "捌": 8, "九": 9, "玖": 9,
}  # fmt: skip
ENGLISH = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
TEN, HUNDRED = "十拾", "百佰"
CHINESE = "".join(CHINESE_DIGITS) + TEN + HUNDRED
ENGLISH_WORD = r"\b(?:" + "|".join(ENGLISH) + r")\b"
NUMBER = re.compile(
    rf"""
    (?P<digits>(?<![\d.])-?\d+(?:[.。]\d+|[点點]\d(?!\d))?)
    | (?P<chinese>[{CHINESE}]+(?:[点點][{CHINESE}]+)?)
    | (?P<english>{ENGLISH_WORD})
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Written for one sign, yet a reply of their own.
SIGNS = {"🔟": "10", "💯": "100", "½": ".5", "¼": ".25", "¾": ".75"}
# Joiners, direction marks, and what turns a digit into a key: 9️⃣.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufe0e\ufe0f\u20e3]")


@dataclass(frozen=True, slots=True)
class Plain:
    """A reply in ASCII digits and half-width letters, and where each came from."""

    text: str
    origin: tuple[int, ...]
    original: str

    def without(self, begin: int, end: int) -> tuple[str, str]:
        """What the customer wrote before and behind a place in the plain text."""
        edges = (*self.origin, len(self.original))
        return self.original[: edges[begin]], self.original[edges[end] :]


@dataclass(frozen=True, slots=True)
class Found:
    """A number and where it stands; without a value it is several at once: 七八."""

    value: Fraction | None
    begin: int
    end: int
    is_digits: bool
    is_english: bool


def plain(reply: str) -> Plain:
    """Bring full-width and circled digits, keys and signs into ASCII."""
    letters: list[str] = []
    origin: list[int] = []
    for position, letter in enumerate(reply):
        if INVISIBLE.match(letter):
            continue
        simple = SIGNS.get(letter) or unicodedata.normalize("NFKC", letter)
        letters.append(simple.lower())
        origin.extend([position] * len(simple.lower()))
    return Plain("".join(letters), tuple(origin), reply)


def numbers(text: str) -> list[Found]:
    """Every number of a plain text, in order."""
    return [
        Found(
            value=_value(match.group(), str(match.lastgroup)),
            begin=match.start(),
            end=match.end(),
            is_digits=match.lastgroup == "digits",
            is_english=match.lastgroup == "english",
        )
        for match in NUMBER.finditer(text)
    ]


def _value(written: str, kind: str) -> Fraction | None:
    if kind == "digits":
        return Fraction(re.sub("[。点點]", ".", written))
    if kind == "english":
        return Fraction(ENGLISH[written.lower()])
    return _chinese(written)


def _chinese(written: str) -> Fraction | None:
    """Value of 九, 十, 十一, 二十, 八点五; nothing where it is no single number."""
    whole, _, decimals = written.replace("點", "点").partition("点")
    value = _chinese_whole(whole)
    if value is None or not decimals:
        return value
    if any(letter not in CHINESE_DIGITS for letter in decimals):
        return None
    digits = "".join(str(CHINESE_DIGITS[letter]) for letter in decimals)
    return value + Fraction(int(digits), 10 ** len(digits))


def _chinese_whole(written: str) -> Fraction | None:
    if len(written) == 1 and written in CHINESE_DIGITS:
        return Fraction(CHINESE_DIGITS[written])
    if any(letter in HUNDRED for letter in written):
        return Fraction(100)  # Far out of range; how far does not matter.
    tens, ten, units = _parted(written)
    if not ten or len(tens) > 1 or len(units) > 1:
        return None
    return Fraction(
        (CHINESE_DIGITS[tens] if tens else 1) * 10
        + (CHINESE_DIGITS[units] if units else 0)
    )


def _parted(written: str) -> tuple[str, str, str]:
    for ten in TEN:
        if ten in written:
            return written.partition(ten)
    return written, "", ""
