"""How usual the characters are that a wrong or right encoding makes of some bytes."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["isolated_share", "plausibility"]

_SAMPLE = 200_000
_ASCII_END = "\x7f"

# Characters that make up a third of running Chinese, of survey files and of names of
# places and products: in simplified and traditional writing. Mojibake never shows them.
_VERY_USUAL = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着"
    "去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手用主行"
    "方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理"
    "這個來國說們為時會著過對裡後麼沒於還發當開無見經頭動兩長樣現將與進實電話號網絡路"
    "机话号网络电信服务营业厅满度推荐客户量级评分原因区省市市月元费宽带移动联通"
    "機務營業廳滿薦戶級評區費寬帶聯題問感謝謝很快慢差太比較较便利請请再少價价格"
)

_GB_COMMON = range(0xB0, 0xD8)
_BIG5_COMMON = range(0xA4, 0xC7)
_MULTIBYTE = re.compile(rb"[\x80-\xff]+")


def plausibility(sample: bytes, encoding: str) -> float:
    """Score from 0 (mojibake) to 1 (ordinary Chinese) what an encoding makes of bytes.

    The mean of two shares of the characters beyond ASCII: those in the level of common
    characters of the character set, and, three times, those among the most usual few
    hundred, capped at 1.
    """
    text = sample[:_SAMPLE].decode(encoding, "ignore")
    counted = Counter(character for character in text if character > _ASCII_END)
    total = sum(counted.values())
    if not total:
        return 0.0
    common = sum(n for c, n in counted.items() if _is_common(c, encoding))
    usual = sum(n for c, n in counted.items() if c in _VERY_USUAL)
    return (common / total + min(1.0, 3 * usual / total)) / 2


def _is_common(character: str, encoding: str) -> bool:
    if character in "，。、；：？！（）“”《》【】　—…·":
        return True
    raw = character.encode(encoding, "ignore")
    if len(raw) != 2:  # noqa: PLR2004 - the character sets in question take two bytes
        return False
    if encoding == "gb18030":
        return raw[0] in _GB_COMMON and raw[1] > 0xA0  # noqa: PLR2004 - GB 2312 only
    return raw[0] in _BIG5_COMMON


def isolated_share(sample: bytes) -> float:
    """Share of the runs of non-ASCII bytes that are a single byte: accented letters."""
    runs = [len(run.group()) for run in _MULTIBYTE.finditer(sample[:_SAMPLE])]
    return sum(length == 1 for length in runs) / max(len(runs), 1)
