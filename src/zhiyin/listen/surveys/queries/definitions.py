"""A questionnaire as one dictionary: what files, templates and the linter speak of.

Keys: `code`, `name` (a text, or one per language), `audience`, `is_anonymous`, `brand`,
`texts` (of the page, per language), `pages`, `quotas`, and `items`, each with `code`,
`kind`, `texts` and, where they apply, `scale`, `cuts`, `is_primary`, `is_required`,
`asked_of`, `page`, `shown_if`, `settings`, `is_actionable`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhiyin.listen.surveys.models import InstrumentVersion, Item

Definition = Mapping[str, Any]
_FLAGS = ("is_primary", "is_required", "asked_of", "shown_if", "settings")


def _item(item: Item) -> dict[str, Any]:
    data: dict[str, Any] = {"code": item.code, "kind": item.kind, "texts": item.texts}
    if item.scale_min is not None:
        data["scale"] = [item.scale_min, item.scale_max]
    if item.detractor_max is not None:
        data["cuts"] = [item.detractor_max, item.promoter_min]
    for name in (*_FLAGS, "is_actionable"):
        value = getattr(item, name)
        if value:
            data[name] = value
    if item.page != 1:
        data["page"] = item.page
    return data


def definition_of(version: InstrumentVersion) -> dict[str, Any]:
    """Return a version as a definition, from which an equal one can be made."""
    instrument = version.instrument
    data: dict[str, Any] = {
        "code": instrument.code,
        "name": instrument.name,
        "audience": instrument.audience,
        "is_anonymous": instrument.is_anonymous,
        "brand": version.brand,
        "languages": list(version.languages),
        "texts": version.texts,
        "pages": version.pages,
        "quotas": version.quotas,
        "items": [_item(item) for item in version.items.order_by("position")],
    }
    return data


def languages_of(definition: Definition) -> list[str]:
    """Return the languages a definition is to be read in, as far as it says."""
    chosen = list(definition.get("languages") or ())
    written = {lang for item in definition["items"] for lang in item["texts"]}
    return chosen or sorted(written)


def wordings(item: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """Yield (language, value) of one wording of an item, as far as written."""
    for language, texts in item["texts"].items():
        if texts.get(name):
            yield language, texts[name]


def option_codes(item: Mapping[str, Any], name: str = "options") -> list[str]:
    """Return the codes of an item's options or rows, in the order of its languages."""
    codes = [entry[0] for _language, rows in wordings(item, name) for entry in rows]
    return list(dict.fromkeys(codes))
