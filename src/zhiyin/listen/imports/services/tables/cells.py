"""What people write in cells about languages, audiences, and yes or no."""

from __future__ import annotations

from zhiyin.listen.customers.models import Audience
from zhiyin.listen.imports.services.cells import canonical

_AUDIENCES = {
    Audience.CONSUMER: ("消费者", "消費者", "个人", "個人", "个人客户", "c"),
    Audience.DEALER: ("经销商", "經銷商", "代理商", "渠道", "b"),
    Audience.EMPLOYEE: ("员工", "員工"),
    Audience.RESIDENT: ("居民", "市民", "城市居民"),
    Audience.ENTERPRISE: ("企业", "企業", "政企", "集团客户", "政企客户"),
}
_LANGUAGES = {
    "zh-hans": ("zh", "zh-cn", "zh_cn", "cn", "中文", "简体", "简体中文", "普通话"),
    "zh-hant": ("zh-hk", "zh-tw", "zh_tw", "zh_hk", "繁体", "繁體", "繁體中文", "粤语"),
    "en": ("english", "英文", "英语", "en-us", "en-gb"),
}
_YES = frozenset({"1", "y", "yes", "true", "t", "是", "√", "有", "✓"})
_NO = frozenset({"0", "n", "no", "false", "f", "否", "×", "无", "無"})


def _words(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    found = {word: str(code) for code, words in table.items() for word in words}
    return found | {str(code): str(code) for code in table}


AUDIENCE_WORDS = _words({str(code): words for code, words in _AUDIENCES.items()})
LANGUAGE_WORDS = _words(_LANGUAGES)


def said_word(words: dict[str, str], cell: str) -> str | None:
    """Return the code of a cell, "" where blank, None where it means nothing."""
    text = canonical(cell).casefold()
    return words.get(text) if text else ""


def said_yes(cell: str) -> bool | str | None:
    """Return yes or no, "" where blank, None where it is neither."""
    text = canonical(cell).casefold()
    if not text:
        return ""
    if text in _YES:
        return True
    return False if text in _NO else None
