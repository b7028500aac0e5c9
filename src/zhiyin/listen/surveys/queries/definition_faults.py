"""What keeps a definition from becoming a questionnaire, question by question.

This is about shape: a definition without faults can be stored and shown. Whether it
asks well is the linter's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhiyin.common.conditions import check
from zhiyin.listen.customers.models import Audience
from zhiyin.listen.surveys.models import SCORED_KINDS, ItemKind
from zhiyin.listen.surveys.queries.standard import LANGUAGES

MOST_ITEMS = 300
MOST_OPTIONS = 300
MOST_PAGES = 100
LONGEST_TEXT = 2000
_CODE = re.compile(r"^[A-Za-z0-9_-]{1,60}$")
_CLASSES = ("", "promoter", "passive", "detractor")
_TEXTS = ("text", "help", "low", "high")
_PAIRS = ("options", "rows")
_LARGEST_POINT = 32767
_PAIR = 2


def _kind_of(value: object) -> str:
    return type(value).__name__


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_code(item: Mapping[str, Any]) -> Iterator[str]:
    code = item.get("code")
    if not isinstance(code, str) or not _CODE.match(code):
        yield (
            _(
                "the code has 1 to 60 letters, digits, - and _; received “%s”",
            )
            % str(code)[:60]
        )


def _check_kind(item: Mapping[str, Any]) -> Iterator[str]:
    if item.get("kind") not in ItemKind.values:
        known = ", ".join(ItemKind.values)
        yield _("the kind is one of %(known)s; received “%(kind)s”") % {
            "known": known,
            "kind": str(item.get("kind"))[:60],
        }
    if item.get("asked_of", "") not in _CLASSES:
        yield _("“asked of” is promoter, passive or detractor")


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == _PAIR
        and all(map(_is_int, value))
        and all(abs(each) <= _LARGEST_POINT for each in value)
    )


def _check_scale(item: Mapping[str, Any]) -> Iterator[str]:
    scale, cuts = item.get("scale"), item.get("cuts")
    if not scale or scale == (None, None):
        if item.get("kind") in (*SCORED_KINDS, ItemKind.MATRIX):
            yield _("a question of this kind needs a scale")
    elif not _is_pair(scale) or scale[0] >= scale[1]:
        yield (
            _("the scale is two whole numbers, the lower first; received %s")
            % (str(scale)[:40])
        )
    if cuts and cuts != (None, None) and (not _is_pair(cuts) or cuts[0] >= cuts[1]):
        yield (
            _("the cuts are two whole numbers, the lower first; received %s")
            % (str(cuts)[:40])
        )


def _check_wording(language: str, wording: Any) -> Iterator[str]:
    if language not in LANGUAGES:
        yield _("“%(language)s” is none of %(known)s") % {
            "language": str(language)[:20],
            "known": ", ".join(LANGUAGES),
        }
    if not isinstance(wording, Mapping):
        yield _("the wordings of a language are an object; received %s") % _kind_of(
            wording,
        )
        return
    for name in _TEXTS:
        text = wording.get(name, "")
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            yield _("“%(name)s” is a text of at most %(limit)s characters") % {
                "name": name,
                "limit": LONGEST_TEXT,
            }
    labels = wording.get("labels") or []
    if not isinstance(labels, list) or not all(isinstance(x, str) for x in labels):
        yield _("“labels” is a list of texts")
    for name in _PAIRS:
        yield from _check_pairs(name, wording.get(name) or [])


def _check_pairs(name: str, rows: Any) -> Iterator[str]:
    is_list = isinstance(rows, list) and len(rows) <= MOST_OPTIONS
    if not is_list or not all(map(_is_option, rows)):
        yield _("“%(name)s” is a list of at most %(limit)s pairs of code and label") % {
            "name": name,
            "limit": MOST_OPTIONS,
        }
        return
    codes = [row[0] for row in rows]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        yield _("a code stands twice in “%(name)s”: %(codes)s") % {
            "name": name,
            "codes": ", ".join(twice),
        }


def _is_option(row: object) -> bool:
    return (
        isinstance(row, list | tuple)
        and len(row) == _PAIR
        and all(isinstance(each, str) for each in row)
        and bool(_CODE.match(row[0]))
    )


def _check_texts(item: Mapping[str, Any]) -> Iterator[str]:
    texts = item.get("texts")
    if not isinstance(texts, Mapping) or not texts:
        yield _("“texts” has the wordings of at least one language")
        return
    for language, wording in texts.items():
        yield from _check_wording(language, wording)


def _check_logic(item: Mapping[str, Any]) -> Iterator[str]:
    yield from check(item.get("shown_if") or {})
    page = item.get("page", 1)
    if not _is_int(page) or not 1 <= page <= MOST_PAGES:
        yield _("the page is a number from 1 to %s") % MOST_PAGES
    for name in ("is_primary", "is_required", "is_actionable"):
        if not isinstance(item.get(name, False), bool):
            yield _("“%s” is true or false") % name
    settings = item.get("settings") or {}
    if isinstance(settings, Mapping):
        yield from _check_settings(settings)
    else:
        yield _("“settings” is an object; received %s") % _kind_of(settings)


def _check_settings(settings: Mapping[str, Any]) -> Iterator[str]:
    for name in ("exclusive", "with_text"):
        codes = settings.get(name) or []
        if not isinstance(codes, list) or not all(isinstance(x, str) for x in codes):
            yield _("“%s” is a list of codes") % name
    for name in ("least", "most", "decimals"):
        if not isinstance(settings.get(name), int | float | str | None):
            yield _("“%s” is a number or a date") % name
    if not isinstance(settings.get("is_shuffled", False), bool):
        yield _("“%s” is true or false") % "is_shuffled"
    yield from _check_skips(settings.get("skips") or [])


def _check_skips(skips: Any) -> Iterator[str]:
    if not isinstance(skips, list) or not all(isinstance(x, Mapping) for x in skips):
        yield _("“%s” is a list of objects") % "skips"
        return
    for skip in skips:
        yield from check(skip.get("if") or {})
        if not isinstance(skip.get("to"), str):
            yield _("a skip leads “to” a question's code or “end”")


_CHECKS: tuple[Callable[[Mapping[str, Any]], Iterator[str]], ...] = (
    _check_code,
    _check_kind,
    _check_scale,
    _check_texts,
    _check_logic,
)


def _named(item: Any, place: int) -> str:
    code = item.get("code") if isinstance(item, Mapping) else None
    named = str(code)[:60] if code else str(place)
    return _("question %s") % named


def _item_faults(items: list[Any]) -> Iterator[str]:
    seen: set[str] = set()
    for place, item in enumerate(items, start=1):
        where = _named(item, place)
        if not isinstance(item, Mapping):
            yield _("%(where)s: an object is needed; received %(kind)s") % {
                "where": where,
                "kind": _kind_of(item),
            }
            continue
        for one in _CHECKS:
            yield from (f"{where}: {fault}" for fault in one(item))
        code = str(item.get("code"))
        if code in seen:
            yield _("%s: the code stands twice") % where
        seen.add(code)


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= longest


def _head_faults(definition: Mapping[str, Any]) -> Iterator[str]:
    code = definition.get("code")
    if not isinstance(code, str) or not _CODE.match(code):
        yield _("the questionnaire's code has 1 to 60 letters, digits, - and _")
    name = definition.get("name")
    texts = list(name.values()) if isinstance(name, Mapping) else [name]
    if not texts or not all(_is_text(text, 300) for text in texts):
        yield _("the questionnaire needs a name of at most 300 characters")
    if definition.get("audience", Audience.CONSUMER) not in Audience.values:
        yield _("the audience is one of %s") % ", ".join(Audience.values)
    languages = definition.get("languages") or []
    if not isinstance(languages, list) or not set(map(str, languages)) <= set(
        LANGUAGES,
    ):
        yield _("the languages are a list of %s") % ", ".join(LANGUAGES)
    brand = definition.get("brand", "")
    if not isinstance(brand, str) or len(brand) > 120:  # noqa: PLR2004 - the column's
        yield _("the brand is a text of at most 120 characters")
    if not isinstance(definition.get("is_anonymous", False), bool):
        yield _("“%s” is true or false") % "is_anonymous"


def _page_faults(definition: Mapping[str, Any]) -> Iterator[str]:
    texts = definition.get("texts") or {}
    if not isinstance(texts, Mapping) or not all(
        language in LANGUAGES
        and isinstance(page, Mapping)
        and all(isinstance(t, str) and len(t) <= LONGEST_TEXT for t in page.values())
        for language, page in texts.items()
    ):
        yield _("the texts of the page are given by language and name")
    for name, condition in (("pages", "shown_if"), ("quotas", "if")):
        rows = definition.get(name) or []
        if not isinstance(rows, list) or not all(isinstance(r, Mapping) for r in rows):
            yield _("“%s” is a list of objects") % name
            continue
        for number, row in enumerate(rows, start=1):
            for fault in (*check(row.get(condition) or {}), *_row_faults(name, row)):
                yield f"{name} {number}: {fault}"


def _row_faults(name: str, row: Mapping[str, Any]) -> Iterator[str]:
    if name == "quotas":
        if not _CODE.match(str(row.get("code"))):
            yield _("a quota needs a code")
        if not _is_int(row.get("limit")) or row["limit"] < 0:
            yield _("a quota needs a limit of 0 or more")
        return
    titles = row.get("titles") or {}
    if not isinstance(titles, Mapping) or not all(
        isinstance(title, str) for title in titles.values()
    ):
        yield _("the titles of a page are given by language")
    if not isinstance(row.get("is_shuffled", False), bool):
        yield _("“%s” is true or false") % "is_shuffled"


def definition_faults(definition: object) -> list[str]:
    """Return what is wrong with the shape of a definition; nothing if it can be used.

    Every fault names the question it is about.
    """
    if not isinstance(definition, Mapping):
        return [
            _("A questionnaire is an object; received %s.") % _kind_of(definition),
        ]
    items = definition.get("items")
    faults = [*_head_faults(definition), *_page_faults(definition)]
    if not isinstance(items, list) or not items:
        return [*faults, _("“items” is a list with at least one question")]
    if len(items) > MOST_ITEMS:
        return [
            *faults,
            _("a questionnaire has at most %(limit)s questions; received %(count)s")
            % {"limit": MOST_ITEMS, "count": len(items)},
        ]
    return [*faults, *_item_faults(items)]
